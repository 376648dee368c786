// Checks a VC-JWT with the key that its header names, from the issuer's own document.
import { readFileSync } from "node:fs"
import { createRequire } from "node:module"
import { fileURLToPath } from "node:url"

const { importJWK, jwtVerify, decodeProtectedHeader } = createRequire(fileURLToPath("JOSE/package.json"))("jose")
const facts = JSON.parse(readFileSync(process.argv[2], "utf8"))

async function holds(token) {
  try {
    const { kid } = decodeProtectedHeader(token)
    const method = facts.did.verificationMethod.find((one) => one.id === kid)
    const key = await importJWK(method.publicKeyJwk, "EdDSA")
    const { payload } = await jwtVerify(token, key, { issuer: facts.did.id, algorithms: ["EdDSA"] })
    return payload.type.includes("OpenBadgeCredential")
  } catch {
    return false
  }
}

console.log(`good ${await holds(facts.good)} bad ${await holds(facts.bad)}`)
