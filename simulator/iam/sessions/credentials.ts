/** Credentials of STS. `expiration` is an instant of the local cloud's clock. */
export interface SessionCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiration: Date;
}

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const KEY_LENGTH = 16;
const SECRET_LENGTH = 40;
const TOKEN_LENGTH = 160;

/** Credentials in AWS's form, from the caller's random numbers: the same in every run of the same seed, and useless elsewhere. */
export function newCredentials(random: () => number, expiration: Date): SessionCredentials {
  const pick = (alphabet: string, length: number) =>
    Array.from({ length }, () => alphabet[Math.floor(random() * alphabet.length)]).join('');
  return {
    accessKeyId: `ASIA${pick(BASE32, KEY_LENGTH)}`,
    secretAccessKey: pick(BASE64, SECRET_LENGTH),
    sessionToken: `IQoJb3JpZ2luX2Vj${pick(BASE64, TOKEN_LENGTH)}`,
    expiration,
  };
}
