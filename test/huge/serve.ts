import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { hugeCluster, plantedInCluster } from './huge-cluster.ts';
import { startHugeServer } from './start-huge-server.ts';

/**
 * `node test/huge/serve.ts --objects 100000 [--minor 1.33] [--tls] [--port 6443] [--token TOKEN]`: serves until it is
 * ended, and prints one line of JSON as soon as it does: `{port, url, certificateAuthority?, token, minor, objects, planted, stale,
 * plantedByResource}`.
 */
const { values } = parseArgs({
  options: {
    objects: { type: 'string', default: '100000' },
    minor: { type: 'string', default: '1.33' },
    port: { type: 'string', default: '0' },
    tls: { type: 'boolean', default: false },
    token: { type: 'string' },
  },
});
const objects = Number(values.objects);
const cluster = hugeCluster(objects, values.minor);
const { close: _close, ...server } = await startHugeServer(cluster, {
  token: values.token ?? randomBytes(16).toString('hex'),
  tls: values.tls,
  port: Number(values.port),
});
process.stdout.write(`${JSON.stringify({ ...server, minor: cluster.minor, objects, ...plantedInCluster(cluster) })}\n`);
