import db from 'dynalite/db/index.js';
import validations from 'dynalite/validations/index.js';
import { parseJson } from '../../../core/model/parse-json.ts';
import { type DynaliteStore, type Item, isAnswer, loadOperation } from './dynalite-store.ts';
import { ownBytes } from './own-bytes.ts';
import { plainRead } from './plain-reads.ts';
import { readDirectly } from './read-directly.ts';
import { type Answer, transactWrite } from './transact-write.ts';

/** What dynalite 4.0.0 knows. */
const OPERATIONS = new Set([
  'BatchGetItem',
  'BatchWriteItem',
  'CreateTable',
  'DeleteItem',
  'DeleteTable',
  'DescribeTable',
  'DescribeTimeToLive',
  'GetItem',
  'ListTables',
  'ListTagsOfResource',
  'PutItem',
  'Query',
  'Scan',
  'TagResource',
  'UntagResource',
  'UpdateItem',
  'UpdateTable',
]);

/** The object that a request's body says, undefined where it is none. */
export function parseInput(body: string): object | undefined {
  const value = parseJson(body);
  return typeof value === 'object' && value !== null ? value : undefined;
}

/**
 * DynamoDB's tables in this process: dynalite's own actions behind its own validation, and TransactWriteItems, which it has not. For
 * development only.
 */
export class LocalTables {
  readonly #store: DynaliteStore;
  readonly #tokens = new RequestTokens();

  /** @param path folder that keeps the data; absent = in memory */
  constructor(path?: string) {
    const times = { createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 };
    this.#store = readDirectly(db.create({ ...times, ...(path === undefined ? {} : { path }) }));
  }

  /**
   * Answers a request that is signed by somebody who may. Rejects only where dynalite itself fails.
   *
   * @param operation as in `X-Amz-Target`: `GetItem`
   * @param input what the request's JSON holds; undefined where it is none
   */
  async answer(operation: string, input: object | undefined): Promise<Answer> {
    if (input === undefined) return refusal('com.amazon.coral.service#SerializationException');
    if (operation === 'TransactWriteItems') return this.#transact(input);
    if (!OPERATIONS.has(operation)) return refusal('com.amazon.coral.service#UnknownOperationException');
    const { types, custom, act } = loadOperation(operation);
    try {
      const data = validations.checkTypes({ ...input }, types);
      validations.checkValidations(data, types, custom, this.#store);
      const output = await new Promise<unknown>((resolve, reject) => {
        ownBytes(() => act(this.#store, data, (error, value) => (error ? reject(error) : resolve(value))));
      });
      return { status: 200, body: output as object };
    } catch (error) {
      if (isAnswer(error)) return { status: error.statusCode, body: error.body };
      throw error;
    }
  }

  /** As `answer`, with the JSON of the body. */
  async answerText(
    operation: string,
    input: object | undefined,
  ): Promise<{ readonly status: number; readonly text: string }> {
    const read = input === undefined ? undefined : await plainRead(this.#store, operation, input);
    if (read !== undefined) return { status: 200, text: read };
    const { status, body } = await this.answer(operation, input);
    return { status, text: JSON.stringify(body) };
  }

  /** Waits until what was accepted is written. */
  close(): Promise<void> {
    return this.#store.lifecycleManager.gracefulClose();
  }

  #transact(input: object): Promise<Answer> {
    const { TransactItems = [], ClientRequestToken } = input as {
      TransactItems?: Record<string, Item>[];
      ClientRequestToken?: string;
    };
    const run = (): Promise<Answer> => transactWrite(this.#store, TransactItems);
    return this.#tokens.once(ClientRequestToken, JSON.stringify(TransactItems), Date.now(), run);
  }
}

const refusal = (type: string): Answer => ({ status: 400, body: { __type: type } });

/** How long DynamoDB remembers a `ClientRequestToken`. */
const REMEMBERED_MILLISECONDS = 10 * 60_000;

/** Makes a transaction with a `ClientRequestToken` happen once: a repeat gets the first one's answer, another request is refused. */
class RequestTokens {
  readonly #known = new Map<
    string,
    { readonly request: string; readonly answer: Promise<Answer>; readonly at: number }
  >();

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
