import type { Gate, GateReader } from '../../core/ports/outside.ts';

type Status = 'green' | 'red' | 'unknown';

export interface GatesUnderTest {
  readonly gates: GateReader;
  readonly allowedHosts: readonly string[];
  readonly alarm: { readonly alarm: string };
  /** Its URL has a query with a token in it. */
  readonly webhook: { readonly webhook: string };
  set(gate: Gate, status: Status): Promise<void>;
  close(): Promise<void>;
}

export const TOKEN = 'hunter2';

/** A reader says of each gate what stands there at that moment, names it without anything secret, and never fails. */
export function gatesContract(name: string, create: () => Promise<GatesUnderTest>): void {
  describe(`gates: ${name}`, () => {
    let under: GatesUnderTest;
    beforeEach(async () => {
      under = await create();
    });
    afterEach(() => under.close());

    const read = (gate: Gate) => under.gates.read(gate, under.allowedHosts);

    test.each(['alarm', 'webhook'] as const)('an %s is as it was put, each time anew', async (kind) => {
      const gate = under[kind];
      for (const status of ['green', 'red', 'unknown', 'green'] as const) {
        await under.set(gate, status);
        expect(await read(gate)).toEqual({
          gate: expect.any(String),
          status,
          message: expect.stringMatching(/^[A-Z].*\.$/),
        });
      }
    });

    test('the one does not speak for the other', async () => {
      await under.set(under.alarm, 'red');
      await under.set(under.webhook, 'green');
      const both = await Promise.all([read(under.alarm), read(under.webhook)]);
      expect(both.map(({ status }) => status)).toEqual(['red', 'green']);
    });

    test('an alarm is named as in the policy, a webhook by host and path', async () => {
      await under.set(under.webhook, 'red');
      expect((await read(under.alarm)).gate).toBe(under.alarm.alarm);
      const reading = await read(under.webhook);
      const { host, pathname } = new URL(under.webhook.webhook);
      expect(reading.gate).toBe(`${host}${pathname}`);
      expect(JSON.stringify(reading)).not.toContain(TOKEN);
    });
  });
}
