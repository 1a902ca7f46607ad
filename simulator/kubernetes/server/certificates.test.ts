import { X509Certificate } from 'node:crypto';
import { createCertificates } from './certificates.ts';

test('the authority signs a certificate for this machine that is valid now', async () => {
  const made = await createCertificates();
  const [authority, certificate] = [
    new X509Certificate(made.certificateAuthority),
    new X509Certificate(made.certificate),
  ];
  expect(authority.ca).toBe(true);
  expect(certificate.ca).toBe(false);
  expect(certificate.checkIssued(authority)).toBe(true);
  expect(certificate.verify(authority.publicKey)).toBe(true);
  expect(certificate.checkIP('127.0.0.1')).toBe('127.0.0.1');
  expect(certificate.checkIP('::1')).toBe('::1');
  expect(certificate.checkHost('localhost')).toBe('localhost');
  expect(certificate.validFromDate.getTime()).toBeLessThan(Date.now());
  expect(certificate.validToDate.getTime()).toBeGreaterThan(Date.now());
});

test('every run has an authority of its own', async () => {
  const [one, other] = await Promise.all([createCertificates(), createCertificates()]);
  const certificate = new X509Certificate(one.certificate);
  expect(certificate.verify(new X509Certificate(other.certificateAuthority).publicKey)).toBe(false);
});
