// A whole Bluesky on this machine: directory, account server and view. Prints where they listen, then stays until it is ended.
// Needs DB_POSTGRES_URL and REDIS_HOST. Everything is bound to loopback, whatever the packages ask for.
import net from 'node:net'

const listen = net.Server.prototype.listen
net.Server.prototype.listen = function (...wanted) {
  if (typeof wanted[0] === 'number') return listen.call(this, { port: wanted[0], host: '127.0.0.1' }, ...wanted.filter((one) => typeof one === 'function'))
  if (wanted[0] && typeof wanted[0] === 'object' && 'port' in wanted[0]) wanted[0] = { ...wanted[0], host: '127.0.0.1' }
  return listen.apply(this, wanted)
}

const { TestNetwork } = await import('@atproto/dev-env')
const network = await TestNetwork.create({ dbPostgresSchema: 'forum', pds: { inviteRequired: false } })
console.log(JSON.stringify({ pds: network.pds.url, appview: network.bsky.url }))
process.on('SIGTERM', async () => {
  await network.close()
  process.exit(0)
})
