import { constants, gzipSync } from 'node:zlib';

/** API servers compress answers from that size on, where the client takes it (k8s.io/apiserver, APIResponseCompression). */
const thresholdBytes = 128 * 1024;

/** What goes out: as it is, or as gzip with its header. */
export interface Encoded {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

/** `acceptEncoding` is the client's header; Go's and fetch's clients send `gzip` by themselves. */
export function compress(body: string, acceptEncoding: string | undefined): Encoded {
  const accepted = (acceptEncoding ?? '').split(',').some((each) => each.split(';')[0]?.trim() === 'gzip');
  if (!accepted || body.length < thresholdBytes) return { headers: {}, body };
  const compressed = gzipSync(body, { level: constants.Z_BEST_SPEED });
  return { headers: { 'content-encoding': 'gzip', vary: 'Accept-Encoding' }, body: compressed };
}
