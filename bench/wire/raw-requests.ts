import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Sha256 } from '@smithy/core/checksum';
import { SignatureV4 } from '@smithy/signature-v4';

/**
 * Sends one signed request again and again on one connection until the time is over, and counts the answers. It uses bare sockets, since Node's own
 * client costs more than the server.
 */
export async function countAnswers(request: Buffer, port: number, until: number): Promise<number> {
  const socket = connect(port, '127.0.0.1');
  socket.setNoDelay(true);
  await once(socket, 'connect');
  try {
    return await exchange(socket, request, until);
  } finally {
    socket.destroy();
  }
}

function exchange(socket: Socket, request: Buffer, until: number): Promise<number> {
  let answers = 0;
  let received = '';
  return new Promise((resolve, reject) => {
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('the server closed the connection')));
    socket.on('data', (data) => {
      received += data.toString('latin1');
      if (!isWhole(received)) return;
      if (!received.startsWith('HTTP/1.1 200 ')) reject(new Error(received));
      received = '';
      answers++;
      if (performance.now() >= until) resolve(answers);
      else socket.write(request);
    });
    socket.write(request);
  });
}

function isWhole(answer: string): boolean {
  const end = answer.indexOf('\r\n\r\n');
  const length = /^content-length: (\d+)\r$/im.exec(answer)?.[1];
  return end >= 0 && answer.length >= end + 4 + Number(length);
}

/** The bytes of a signed `GET /clusters/shop`. */
export async function signedRequest(origin: string): Promise<Buffer> {
  const { host, hostname, port } = new URL(origin);
  const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' };
  const signer = new SignatureV4({ service: 'eks', region: 'eu-central-1', credentials, sha256: Sha256 });
  const request = { method: 'GET', protocol: 'http:', hostname, port: Number(port), path: '/clusters/shop' };
  const { headers } = await signer.sign({ ...request, headers: { host } });
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`GET ${request.path} HTTP/1.1\r\n${lines.join('')}\r\n`);
}
