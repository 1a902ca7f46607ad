import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { createLocalDynamo } from '../../../adapters/dynamodb/local/start-local-dynamo.ts';
import type { HttpAnswer, HttpRequest } from '../../wire/http-message.ts';

/** The embedded DynamoDB without a socket of its own: the local cloud's one port has taken the request already. */
export class EmbeddedDynamo {
  readonly #server: ReturnType<typeof createLocalDynamo>;

  /** @param path folder that keeps the data; absent = in memory */
  constructor(path?: string) {
    this.#server = createLocalDynamo(path === undefined ? {} : { path });
  }

  handle({ method, target, headers, body }: HttpRequest): Promise<HttpAnswer> {
    const request = Object.assign(Readable.from([body]), { method, url: target, headers });
    return new Promise((resolve, reject) => {
      request.once('error', reject);
      const answer = new CollectedAnswer(resolve);
      this.#server.emit('request', request as unknown as IncomingMessage, answer as unknown as ServerResponse);
    });
  }

  /** Waits until what was accepted is written. */
  close(): Promise<void> {
    return this.#server.closeStore();
  }
}

/** As much of a response as dynalite and the transactions on top of it write. */
class CollectedAnswer {
  statusCode = 200;
  readonly #headers: Record<string, string> = {};
  readonly #done: (answer: HttpAnswer) => void;

  constructor(done: (answer: HttpAnswer) => void) {
    this.#done = done;
  }

  setHeader(name: string, value: unknown): void {
    this.#headers[name.toLowerCase()] = String(value);
  }

  writeHead(status: number): this {
    this.statusCode = status;
    return this;
  }

  end(body = ''): void {
    this.#done({ status: this.statusCode, headers: this.#headers, body });
  }
}
