import type { AwsReceivers } from '../../adapters/aws/aws-receivers.ts';
import { HOOK_SCHEMA, type HookRequest } from '../../core/contracts/hook.ts';
import type { Hooks, RemoteReceiver } from '../../core/ports/outside.ts';

export interface HooksUnderTest {
  readonly hooks: Hooks;
  readonly allowedHosts: readonly string[];
  readonly receiver: RemoteReceiver;
  /** What the receiver answers from now on; undefined = it breaks off. */
  answer(body: string | undefined): void;
  /** Bodies that have arrived, as JSON. */
  readonly arrived: readonly unknown[];
  close(): Promise<void>;
}

/** Of hooks that ask webhooks alone. */
export const NO_RECEIVERS: AwsReceivers = {
  askFunction: () => Promise.reject(new Error('a function was asked')),
  askMachine: () => Promise.reject(new Error('a state machine was asked')),
};

export const QUESTION: HookRequest = {
  ...{ schema: HOOK_SCHEMA, key: 'k'.repeat(64), hook: 'ticket', at: 'before', step: 'roll-node-group' },
  ...{ nodegroup: 'workers', blocking: true, from: '1.36', to: '1.37', upgrade: '1.36-1.37' },
  cluster: {
    arn: 'arn:aws:eks:eu-west-1:111111111111:cluster/web',
    name: 'web',
    account: '111111111111',
    region: 'eu-west-1',
  },
  ...{ rollout: 'r-1', wave: 'all', askedSince: '2026-11-20T08:00:00.000Z', answerBy: '2026-11-20T09:00:00.000Z' },
};

/** A hook is sent the question as it is, once for each time that it is asked, and whatever it does the port says in its own words. */
export function hooksContract(name: string, create: () => Promise<HooksUnderTest>): void {
  describe(`hooks: ${name}`, () => {
    let under: HooksUnderTest;
    beforeEach(async () => {
      under = await create();
    });
    afterEach(() => under.close());

    const ask = () => under.hooks.ask(under.receiver, under.allowedHosts, QUESTION);
    const body = (members: object) => JSON.stringify({ schema: HOOK_SCHEMA, ...members });

    test('the question arrives as it is, once for each time', async () => {
      under.answer(body({ answer: 'go' }));
      await ask();
      await ask();
      expect(under.arrived).toEqual([QUESTION, QUESTION]);
    });

    test('each answer is as it was given, each time anew', async () => {
      for (const answer of ['go', 'wait', 'stop', 'go'] as const) {
        under.answer(body({ answer, message: 'as it is' }));
        expect(await ask()).toEqual({ answer, message: 'as it is' });
      }
      under.answer(body({ answer: 'wait', seconds: 40 }));
      expect(await ask()).toEqual({ answer: 'wait', seconds: 40, message: '' });
    });

    test.each(['', 'go', '{"answer":"go"}', '{"schema":"liftlock.hook/v2","answer":"go"}'])(
      '%j is no answer, with a sentence that says so',
      async (text) => {
        under.answer(text);
        expect(await ask()).toEqual({ answer: 'none', message: expect.stringMatching(/^[A-Z].*\.$/) });
      },
    );

    test('one that breaks off has given no answer', async () => {
      under.answer(undefined);
      expect(await ask()).toEqual({ answer: 'none', message: expect.stringMatching(/^[A-Z].*\.$/) });
    });
  });
}
