// Two judges that share no line with ours: `jose` for the JWT, Digital Bazaar's own stack for the document with a proof.
// Each case names what to judge, the issuer's document and the status lists; contexts come from a file. Nothing is fetched.
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { DataIntegrityProof } from '@digitalbazaar/data-integrity'
import { cryptosuite } from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite'
import { verifyCredential } from '@digitalbazaar/vc'
import { decodeProtectedHeader, importJWK, jwtVerify } from 'jose'

globalThis.fetch = () => { throw new Error('a page was fetched') }
const { contexts, cases } = JSON.parse(readFileSync(process.argv[2], 'utf8'))

const methodOf = (did, id) => {
  const method = did.verificationMethod.find((one) => one.id === id)
  if (!method) throw new Error(`no such key: ${id}`)
  return method
}

async function judgeToken(text, did, kind) {
  const { kid } = decodeProtectedHeader(text)
  if (!did.assertionMethod.includes(kid)) throw new Error(`not a key for signing: ${kid}`)
  const key = await importJWK(methodOf(did, kid).publicKeyJwk, 'EdDSA')
  const { payload } = await jwtVerify(text, key, { issuer: did.id, algorithms: ['EdDSA'], typ: 'vc+jwt' })
  if (!payload.type.includes(kind)) throw new Error('another kind')
  return payload
}

async function judgeStatus({ statusListCredential, statusListIndex }, { did, lists }) {
  const list = await judgeToken(lists[statusListCredential], did, 'BitstringStatusListCredential')
  const bits = gunzipSync(Buffer.from(list.credentialSubject.encodedList.slice(1), 'base64url'))
  const at = Number(statusListIndex)
  return { verified: (bits[at >> 3] & (128 >> (at & 7))) === 0 }
}

async function judgeDocument(credential, given) {
  const documentLoader = async (url) => {
    const document = url === given.did.id ? given.did : url.includes('#') ? withContext(methodOf(given.did, url)) : contexts[url]
    if (!document) throw new Error(`not at hand: ${url}`)
    return { contextUrl: null, documentUrl: url, document, tag: 'static' }
  }
  const suite = new DataIntegrityProof({ cryptosuite })
  const checkStatus = ({ credential: read }) => judgeStatus([read.credentialStatus].flat()[0], given)
  const { verified, error, statusResult } = await verifyCredential({ credential, suite, documentLoader, checkStatus })
  if (statusResult?.verified === false) throw new Error('revoked')
  if (!verified) throw error
}

const withContext = (method) => ({ '@context': 'https://w3id.org/security/multikey/v1', ...method })

async function judge(given) {
  try {
    if (typeof given.credential !== 'string') await judgeDocument(given.credential, given)
    else {
      const { credentialStatus } = await judgeToken(given.credential, given.did, 'OpenBadgeCredential')
      if (!(await judgeStatus([credentialStatus].flat()[0], given)).verified) throw new Error('revoked')
    }
    return 'holds'
  } catch (error) {
    return [error.message, ...(error.errors ?? []).map((one) => one.message)].join(': ')
  }
}

const said = {}
for (const [name, given] of Object.entries(cases)) said[name] = await judge(given)
console.log(JSON.stringify(said))
