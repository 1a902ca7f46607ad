import { generateKeyPairSync, type KeyObject, sign, X509Certificate } from 'node:crypto';
import { isIPv4 } from 'node:net';

/** A certificate that signs itself, and its key; both PEM. */
export interface CertifiedKey {
  readonly certificate: string;
  readonly key: string;
}

/**
 * Makes a certificate for tests over TLS, valid for some days around now, for these names and IPv4 addresses. Node makes keys and signatures
 * but no certificates, so the few DER structures of RFC 5280 are written here.
 */
export function selfSignedCertificate(names: readonly string[]): CertifiedKey {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const now = Date.now();
  const day = 86_400_000;
  const subject = sequence(tag(0x31, sequence(COMMON_NAME, tag(0x0c, Buffer.from(names[0] ?? 'test')))));
  const toBeSigned = sequence(
    tag(0xa0, tag(0x02, Buffer.from([2]))),
    tag(0x02, Buffer.from([1])),
    ECDSA_WITH_SHA256,
    subject,
    sequence(utcTime(now - day), utcTime(now + 10 * day)),
    subject,
    publicKey.export({ type: 'spki', format: 'der' }),
    tag(0xa3, sequence(basicConstraints(), subjectAlternativeNames(names))),
  );
  const certificate = sequence(toBeSigned, ECDSA_WITH_SHA256, bitString(sign('sha256', toBeSigned, privateKey)));
  return { certificate: new X509Certificate(certificate).toString(), key: pem(privateKey) };
}

const pem = (key: KeyObject): string => key.export({ type: 'pkcs8', format: 'pem' }).toString();

function tag(type: number, ...contents: Buffer[]): Buffer {
  const content = Buffer.concat(contents);
  const { length } = content;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([type, ...size]), content]);
}

const sequence = (...contents: Buffer[]): Buffer => tag(0x30, ...contents);
const bitString = (bits: Buffer): Buffer => tag(0x03, Buffer.from([0]), bits);
const objectId = (hex: string): Buffer => tag(0x06, Buffer.from(hex, 'hex'));

const COMMON_NAME = objectId('550403');
const ECDSA_WITH_SHA256 = sequence(objectId('2a8648ce3d040302'));

/** `yymmddhhmmssZ` */
const utcTime = (time: number): Buffer =>
  tag(0x17, Buffer.from(`${new Date(time).toISOString().replace(/[-:T]/g, '').slice(2, 14)}Z`));

/** It is its own authority. */
const basicConstraints = (): Buffer =>
  sequence(objectId('551d13'), tag(0x04, sequence(tag(0x01, Buffer.from([0xff])))));

function subjectAlternativeNames(names: readonly string[]): Buffer {
  const entries = names.map((name) =>
    isIPv4(name) ? tag(0x87, Buffer.from(name.split('.').map(Number))) : tag(0x82, Buffer.from(name)),
  );
  return sequence(objectId('551d11'), tag(0x04, sequence(...entries)));
}
