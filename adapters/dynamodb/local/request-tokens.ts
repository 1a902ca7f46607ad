import type { Answer } from './transact-write.ts';

/** How long DynamoDB remembers a `ClientRequestToken`. */
const REMEMBERED_MILLISECONDS = 10 * 60_000;

interface Remembered {
  readonly request: string;
  readonly answer: Promise<Answer>;
  readonly at: number;
}

/** Makes a transaction with a `ClientRequestToken` happen once: a repeat gets the first one's answer, another request is refused. */
export class RequestTokens {
  readonly #known = new Map<string, Remembered>();

  async once(token: string | undefined, request: string, now: number, run: () => Promise<Answer>): Promise<Answer> {
    if (token === undefined) return run();
    this.#forget(now);
    const known = this.#known.get(token);
    if (known !== undefined) return known.request === request ? known.answer : mismatch();
    const answer = run();
    this.#known.set(token, { request, answer, at: now });
    // Only what took effect is remembered: a canceled transaction may be tried again under its token.
    const settled = await answer.catch((error: unknown) => {
      this.#known.delete(token);
      throw error;
    });
    if (settled.status !== 200) this.#known.delete(token);
    return settled;
  }

  /** Tokens are kept in the order in which they came, so the oldest are first. */
  #forget(now: number): void {
    for (const [name, { at }] of this.#known) {
      if (now - at <= REMEMBERED_MILLISECONDS) return;
      this.#known.delete(name);
    }
  }
}

const mismatch = (): Answer => ({
  status: 400,
  body: {
    __type: 'com.amazonaws.dynamodb.v20120810#IdempotentParameterMismatchException',
    Message: 'The request uses the same client token as a previous, but non-identical request.',
  },
});
