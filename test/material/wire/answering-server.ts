import { createServer, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server that keeps what it is asked, and gives the answers that a test has put there, one after the other; status 500 once none is left. */
export async function startAnsweringServer() {
  const asked: { url: string; headers: IncomingHttpHeaders; body: string }[] = [];
  const answers: { status: number; body: string; headers?: OutgoingHttpHeaders }[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      asked.push({ url: `${request.method} ${request.url}`, headers: request.headers, body });
      const { status, body: text, headers } = answers.shift() ?? { status: 500, body: '' };
      response.writeHead(status, headers).end(text);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, asked, answers, close: () => new Promise((resolve) => server.close(resolve)) };
}
