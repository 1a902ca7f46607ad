import { webcrypto } from 'node:crypto';
import type { X509Certificate } from '@peculiar/x509';

/**
 * `@peculiar/x509` loads tsyringe, which does not load without `Reflect.getMetadata` but does not use it here: no class of x509 has constructor
 * parameters for tsyringe to resolve. Three stand-ins replace a polyfill.
 */
const standIns = {
  getMetadata: () => undefined,
  getOwnMetadata: () => undefined,
  defineMetadata: () => {},
};

/** It is no static import, because those may be evaluated before any line of this file, as in jest. */
function loadX509(): Promise<typeof import('@peculiar/x509')> {
  if (!('getMetadata' in Reflect)) Object.assign(Reflect, standIns);
  return import('@peculiar/x509');
}

/** A certificate, its key and the authority that signed it; all PEM. */
export interface ServerCertificate {
  readonly certificateAuthority: string;
  readonly certificate: string;
  readonly key: string;
}

type X509 = Awaited<ReturnType<typeof loadX509>>;

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const day = 86_400_000;

/**
 * Creates a certificate authority, drops its key at once, and issues a certificate for `127.0.0.1`, `::1` and `localhost`. Valid for a year from
 * yesterday on by this machine's clock, since clients check it by theirs whatever time the fake cloud has.
 */
export async function createCertificates(): Promise<ServerCertificate> {
  const x509 = await loadX509();
  const validity = { notBefore: new Date(Date.now() - day), notAfter: new Date(Date.now() + 365 * day) };
  const authority = await createAuthority(x509, validity);
  const keys = await createKeys();
  const certificate = await x509.X509CertificateGenerator.create(
    {
      ...validity,
      serialNumber: serialNumber(),
      subject: 'CN=kube-apiserver',
      issuer: authority.certificate.subject,
      publicKey: keys.publicKey,
      signingKey: authority.privateKey,
      signingAlgorithm: algorithm,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
        new x509.SubjectAlternativeNameExtension([
          { type: 'ip', value: '127.0.0.1' },
          { type: 'ip', value: '::1' },
          { type: 'dns', value: 'localhost' },
        ]),
        await x509.AuthorityKeyIdentifierExtension.create(authority.certificate, false, webcrypto),
      ],
    },
    webcrypto,
  );
  const key = x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY');
  return { certificateAuthority: pem(authority.certificate), certificate: pem(certificate), key: `${key}\n` };
}

async function createAuthority(x509: X509, validity: { readonly notBefore: Date; readonly notAfter: Date }) {
  const keys = await createKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned(
    {
      ...validity,
      serialNumber: serialNumber(),
      name: 'CN=kubernetes',
      keys,
      signingAlgorithm: algorithm,
      extensions: [
        new x509.BasicConstraintsExtension(true, 0, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.digitalSignature, true),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey, false, webcrypto),
      ],
    },
    webcrypto,
  );
  return { certificate, privateKey: keys.privateKey };
}

const createKeys = () => webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);

/** Every certificate has another one, or clients that have seen the last run's would confuse them. Positive, without leading zeros. */
const serialNumber = (): string => `01${Buffer.from(webcrypto.getRandomValues(new Uint8Array(8))).toString('hex')}`;

const pem = (certificate: X509Certificate): string => `${certificate.toString('pem')}\n`;
