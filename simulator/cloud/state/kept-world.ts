import type { FakeEksState } from '../../eks/state/fake-eks-state.ts';
import type { Alarms, KeptAlarms } from '../alarms/alarms.ts';
import type { Buckets, StoredObject } from '../objects/buckets.ts';
import type { Message, Queue } from '../queues/queue.ts';
import type { KeptByHand, MadeByHand } from '../receivers/made-by-hand.ts';
import type { KeptSecrets, Secrets } from '../secrets/secrets.ts';
import type { KeptStream, TableStream } from '../streams/table-streams.ts';
import type { StateStore } from './state-store.ts';

const QUEUE = 'queue/';
const OBJECT = 'object/';

/** Time, the fake EKS and the content of queues: a later start continues with these, executions and tables. */
export class KeptWorld {
  readonly #store: StateStore;
  #eks = '';
  #clock = 0;

  constructor(store: StateStore) {
    this.#store = store;
  }

  keepClock(now: number): void {
    if (now === this.#clock) return;
    this.#clock = now;
    this.#store.put('clock', now);
  }

  clock(): Date | undefined {
    const at = this.#store.get('clock') as number | undefined;
    return at === undefined ? undefined : new Date(at);
  }

  /** Keeps the port, because clients with the export lines of an earlier start use it. */
  keepPort(port: number): void {
    this.#store.put('port', port);
  }

  port(): number | undefined {
    return this.#store.get('port') as number | undefined;
  }

  /**
   * It is called before an answer of EKS or of an API server is sent, because the answer must still be true after a restart. It is cheap when nothing
   * changed. `isChanged`: in a way that these counts do not tell, as by an API server.
   */
  keepEks(state: FakeEksState, isChanged = false): void {
    const { timers, timerSequence, mutations, refusedMutations } = state;
    const seen = [timers.length, timerSequence, timers[0]?.at, mutations.length, refusedMutations.length].join();
    if (seen === this.#eks && !isChanged) return;
    this.#eks = seen;
    this.#store.put('eks', state);
  }

  eks(): FakeEksState | undefined {
    return this.#store.get('eks') as FakeEksState | undefined;
  }

  /** Restores what users created by hand, and keeps it from now on. */
  keepByHand(alarms: Alarms, secrets: Secrets, byHand: MadeByHand): void {
    alarms.restore((this.#store.get('alarms') as KeptAlarms | undefined) ?? { made: [], states: [] });
    alarms.onChange = (kept) => this.#store.put('alarms', kept);
    secrets.restore((this.#store.get('secrets') as KeptSecrets | undefined) ?? []);
    secrets.onChange = (kept) => this.#store.put('secrets', kept);
    byHand.restore((this.#store.get('byHand') as KeptByHand | undefined) ?? { roles: [], functions: [], tags: [] });
    byHand.onChange = (kept) => this.#store.put('byHand', kept);
  }

  /** Restores the objects of buckets, and keeps them from now on. */
  keepObjects(buckets: Buckets): void {
    for (const [key, kept] of this.#store.withPrefix(OBJECT)) {
      const [bucket = '', ...name] = key.slice(OBJECT.length).split('/');
      buckets.restore(bucket, name.join('/'), kept as StoredObject[]);
    }
    buckets.onPut = (bucket, key, versions) => this.#store.put(`${OBJECT}${bucket}/${key}`, versions);
  }

  /** Restores the unread records of a stream, and keeps them from now on. */
  keepStream(stream: TableStream): void {
    const key = `stream/${stream.options.arn}`;
    const kept = this.#store.get(key) as KeptStream | undefined;
    if (kept !== undefined) stream.restore(kept);
    stream.keep = (now) => this.#store.put(key, now);
  }

  keepQueue({ options, messages }: Queue): void {
    if (messages.length === 0) this.#store.delete(`${QUEUE}${options.arn}`);
    else this.#store.put(`${QUEUE}${options.arn}`, messages);
  }

  messagesOf(queueArn: string): Message[] {
    return (this.#store.get(`${QUEUE}${queueArn}`) as Message[] | undefined) ?? [];
  }
}
