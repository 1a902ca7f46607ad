import { MemoryTable } from '../../adapters/memory/table.ts';
import { NOON } from '../../test/material/protocol/one-upgrade.ts';
import { contextOf, failing, oneStep } from '../../test/material/steps/one-step.ts';
import type { InsightsRefresh } from '../ports/eks.ts';
import { lookAtRefresh, refreshInsights, runsSince } from './refresh-insights.ts';

const at = (minutes: number): Date => new Date(NOON.getTime() + minutes * 60_000);
const started = { startedAt: at(1) };

interface Given {
  readonly refresh: InsightsRefresh | Error;
  readonly minutes?: number;
  readonly start?: Error;
  /** The minute of its turn, where the step had to wait for that. */
  readonly turn?: number;
}

/** The result of a step that began at noon, for the latest refresh. */
async function refreshed({ refresh, minutes = 1, start, turn }: Given) {
  const begun: object[] = [];
  const more = {
    describeInsightsRefresh: async () => {
      if (refresh instanceof Error) throw refresh;
      return refresh;
    },
    startInsightsRefresh: async (_: object, input: object) => {
      begun.push(input);
      if (start !== undefined) throw start;
      return {};
    },
  };
  const ports = await oneStep(new MemoryTable(), { eks: { more }, minutes });
  const first = await contextOf(ports);
  const notBefore = turn === undefined ? {} : { notBefore: at(turn).toISOString() };
  const context = { ...first, input: { ...first.input, ...notBefore } };
  const look = await lookAtRefresh(ports, context);
  const { status, reasons, waitSeconds } = await refreshInsights(ports, context, look);
  return {
    status,
    waitSeconds,
    begun,
    told: reasons.map(({ code, message }) => `${code}: ${message}`),
    runs: runsSince(look, NOON),
  };
}
const WAITS = 'RefreshingInsights: EKS refreshes its insights.';
const SLOW = 'RefreshTooSlow: EKS did not refresh its insights within 20 minutes.';

test.each<[string, Given, string, readonly string[], number | undefined]>([
  ['was made since the step began', { refresh: { status: 'COMPLETED', ...started } }, 'done', [], undefined],
  ['began as the step did', { refresh: { status: 'COMPLETED', startedAt: NOON } }, 'done', [], undefined],
  [
    'has failed',
    { refresh: { status: 'FAILED', message: 'no role', ...started } },
    'done',
    ['RefreshFailed: EKS could not refresh its insights: no role.'],
    undefined,
  ],
  [
    'has failed without a word',
    { refresh: { status: 'FAILED', ...started } },
    'done',
    ['RefreshFailed: EKS could not refresh its insights: no reason given.'],
    undefined,
  ],
  ['runs', { refresh: { status: 'IN_PROGRESS', ...started }, minutes: 1 }, 'wait', [WAITS], 60],
  ['has run for a while', { refresh: { status: 'IN_PROGRESS', startedAt: at(0) }, minutes: 19 }, 'wait', [WAITS], 60],
  ['runs for too long', { refresh: { status: 'IN_PROGRESS', ...started }, minutes: 20 }, 'done', [SLOW], undefined],
])('a refresh that %s is not begun again', async (_, given, status, told, waitSeconds) => {
  const { begun, ...result } = await refreshed(given);
  expect(result).toMatchObject({ status, told });
  expect(result.waitSeconds).toBe(waitSeconds);
  expect(begun).toStrictEqual([]);
});

test.each<[string, number, NonNullable<InsightsRefresh['status']>, number]>([
  ['takes one of the last twenty hours', -20 * 60, 'COMPLETED', 0],
  ['begins one where the last is older', -20 * 60 - 1, 'COMPLETED', 1],
  ['begins one where the last has failed', -60, 'FAILED', 1],
])('a daily look %s', async (_, minute, status, count) => {
  const { begun } = await refreshed({ refresh: { status, startedAt: at(minute) }, turn: 0 });
  expect(begun).toHaveLength(count);
});

test.each<[string, InsightsRefresh | Error]>([
  ['is older than the step', { status: 'COMPLETED', startedAt: at(-1) }],
  ['has failed before the step began', { status: 'FAILED', startedAt: at(-1) }],
  ['never was, as an empty answer says', {}],
  ['never was, as EKS may say by ResourceNotFoundException', failing('ResourceNotFoundException')],
  ['never was, as EKS may say by InvalidRequestException', failing('InvalidRequestException')],
])('a refresh is begun where the last one %s', async (_, refresh) => {
  const { begun, status, told, waitSeconds } = await refreshed({ refresh });
  expect(begun).toEqual([{ clusterName: 'web' }]);
  expect([status, told, waitSeconds]).toEqual(['wait', [WAITS], 60]);
});

test.each<[string, string, string, readonly string[]]>([
  ['ThrottlingException', 'while EKS throttles', 'wait', [WAITS]],
  [
    'AccessDeniedException',
    'where it is denied',
    'done',
    ['RefreshDenied: The refresh of the insights was denied: no'],
  ],
])('%s is an answer %s', async (name, _, status, told) => {
  const error = failing(name, 'no');
  expect(await refreshed({ refresh: {}, start: error })).toMatchObject({ status, told });
  expect(await refreshed({ refresh: error })).toMatchObject({ status, told, begun: [] });
  if (status === 'wait')
    expect(await refreshed({ refresh: error, minutes: 20 })).toMatchObject({ status: 'done', told: [SLOW] });
});

test('a refresh cannot be begun while another one runs', async () => {
  const running = { start: failing('InvalidRequestException') };
  expect(await refreshed({ refresh: {}, ...running })).toMatchObject({ status: 'wait', told: [WAITS] });
  expect(await refreshed({ refresh: {}, ...running, minutes: 20 })).toMatchObject({ status: 'done', told: [SLOW] });
});

test.each(['ResourceNotFoundException', 'InvalidRequestException'])(
  'where EKS still says %s after twenty minutes, no refresh is begun again',
  async (name) => {
    const late = await refreshed({ refresh: failing(name), minutes: 20 });
    expect(late).toMatchObject({ status: 'done', told: [SLOW], begun: [] });
  },
);

test('a look that had to wait for its turn waits for a refresh as long as any other', async () => {
  const refresh = { status: 'IN_PROGRESS', startedAt: at(40) } as const;
  expect(await refreshed({ refresh, turn: 40, minutes: 59 })).toMatchObject({ status: 'wait', told: [WAITS] });
  expect(await refreshed({ refresh, turn: 40, minutes: 60 })).toMatchObject({ status: 'done', told: [SLOW] });
  const none = failing('ResourceNotFoundException');
  expect(await refreshed({ refresh: none, turn: 40, minutes: 41 })).toMatchObject({ status: 'wait', begun: [{}] });
});

test('a cluster that is gone has no refresh, and none can be begun', async () => {
  const gone = failing('ResourceNotFoundException');
  await expect(refreshed({ refresh: gone, start: gone })).rejects.toBe(gone);
});

test('any other failure is a fault', async () => {
  const fault = failing('ServerException');
  await expect(refreshed({ refresh: fault })).rejects.toBe(fault);
  await expect(refreshed({ refresh: {}, start: fault })).rejects.toBe(fault);
});

test.each<[string, InsightsRefresh | Error, boolean]>([
  ['began after it', { status: 'IN_PROGRESS', ...started }, true],
  ['began with it', { status: 'IN_PROGRESS', startedAt: NOON }, true],
  ['began before it', { status: 'IN_PROGRESS', startedAt: at(-1) }, false],
  ['began nobody knows when', { status: 'IN_PROGRESS' }, false],
  ['has ended', { status: 'COMPLETED', ...started }, false],
  ['cannot be read', failing('AccessDeniedException'), false],
])('a refresh runs since a step began where it %s: %#', async (_, refresh, runs) => {
  expect((await refreshed({ refresh })).runs).toBe(runs);
});
