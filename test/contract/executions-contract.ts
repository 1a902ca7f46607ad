import type { Executions } from '../../core/ports/executions.ts';

/** An implementation with two machines: `smoke-check` waits until it is ended, `scan-cluster` fails at once with Blocked and a cause. */
export interface ExecutionsUnderTest {
  readonly executions: Executions;
  /** Ends the waiting execution of that name well. */
  end(name: string): Promise<void>;
  /** Lets what was started get on. */
  settle(): Promise<void>;
  close(): Promise<void>;
}

/** What the reconciler relies on when it starts executions and asks after them. */
export function executionsContract(name: string, create: () => Promise<ExecutionsUnderTest>): void {
  describe(`executions: ${name}`, () => {
    let under: ExecutionsUnderTest;
    beforeAll(async () => {
      under = await create();
    });
    afterAll(() => under.close());

    test('an execution has the ARN that was known before it started', async () => {
      const arn = under.executions.arnFor('smoke-check', 'first');
      expect(await under.executions.describe(arn)).toBeUndefined();
      await under.executions.start('smoke-check', 'first', { cluster: 'a' });
      await under.settle();
      expect(await under.executions.describe(arn)).toEqual({ status: 'RUNNING', input: '{"cluster":"a"}' });
    });

    test('starting it again while it runs is starting it once, however the input is ordered', async () => {
      await under.executions.start('smoke-check', 'twice', { cluster: 'a', targetVersion: '1.37' });
      await expect(
        under.executions.start('smoke-check', 'twice', { targetVersion: '1.37', cluster: 'a' }),
      ).resolves.toBeUndefined();
    });

    test('another input under the same name is refused', async () => {
      await under.executions.start('smoke-check', 'other', { cluster: 'a' });
      await expect(under.executions.start('smoke-check', 'other', { cluster: 'b' })).rejects.toMatchObject({
        name: 'ExecutionAlreadyExists',
      });
    });

    test('a name is taken after its execution has ended', async () => {
      await under.executions.start('smoke-check', 'ended', { cluster: 'a' });
      await under.settle();
      await under.end('ended');
      await under.settle();
      expect(await under.executions.describe(under.executions.arnFor('smoke-check', 'ended'))).toEqual({
        status: 'SUCCEEDED',
        input: '{"cluster":"a"}',
      });
      await expect(under.executions.start('smoke-check', 'ended', { cluster: 'a' })).rejects.toMatchObject({
        name: 'ExecutionAlreadyExists',
      });
    });

    test('one that failed tells its error and cause', async () => {
      await under.executions.start('scan-cluster', 'failing', { cluster: 'a' });
      await under.settle();
      expect(await under.executions.describe(under.executions.arnFor('scan-cluster', 'failing'))).toEqual({
        status: 'FAILED',
        input: '{"cluster":"a"}',
        error: 'Blocked',
        cause: 'an insight says no',
      });
    });

    test.each(['with space', 'a'.repeat(81), 'no/slash'])('the name %s is refused', async (bad) => {
      await expect(under.executions.start('smoke-check', bad, {})).rejects.toMatchObject({ name: 'InvalidName' });
    });
  });
}
