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

/** Time, the fake EKS and what is in queues: with executions and tables, all that a later start needs to go on. */
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

  /** The port on which clients of an earlier start look for it: whoever has its lines in a shell goes on with them. */
  keepPort(port: number): void {
    this.#store.put('port', port);
  }

  port(): number | undefined {
    return this.#store.get('port') as number | undefined;
  }

  /** To be called before an answer of EKS leaves: what a client was told must be true after a restart. Cheap when nothing happened. */
  keepEks(state: FakeEksState): void {
    const { timers, timerSequence, mutations, refusedMutations } = state;
    const seen = [timers.length, timerSequence, timers[0]?.at, mutations.length, refusedMutations.length].join();
    if (seen === this.#eks) return;
    this.#eks = seen;
    this.#store.put('eks', state);
  }

  eks(): FakeEksState | undefined {
    return this.#store.get('eks') as FakeEksState | undefined;
  }

  /** What people made in services that nothing else makes things in: given back now, kept from now on. */
  keepByHand(alarms: Alarms, secrets: Secrets, byHand: MadeByHand): void {
    alarms.restore((this.#store.get('alarms') as KeptAlarms | undefined) ?? { made: [], states: [] });
    alarms.onChange = (kept) => this.#store.put('alarms', kept);
    secrets.restore((this.#store.get('secrets') as KeptSecrets | undefined) ?? []);
    secrets.onChange = (kept) => this.#store.put('secrets', kept);
    byHand.restore((this.#store.get('byHand') as KeptByHand | undefined) ?? { roles: [], functions: [], tags: [] });
    byHand.onChange = (kept) => this.#store.put('byHand', kept);
  }

  /** Objects of buckets: given back now, kept from now on. */
  keepObjects(buckets: Buckets): void {
    for (const [key, kept] of this.#store.withPrefix(OBJECT)) {
      const [bucket = '', ...name] = key.slice(OBJECT.length).split('/');
      buckets.restore(bucket, name.join('/'), kept as StoredObject[]);
    }
    buckets.onPut = (bucket, key, versions) => this.#store.put(`${OBJECT}${bucket}/${key}`, versions);
  }

  /** What no function has taken of a stream yet: given back now, kept from now on. */
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
