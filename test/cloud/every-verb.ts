import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LocalCloud } from '../../simulator/cloud/local-cloud.ts';
import type { Assembly } from '../../simulator/cloud/template/assembly.ts';
import { cloudProblems } from './cloud-problems.ts';
import { switchOffDeciders } from './failed-calls.ts';
import { stopRunningUpgrades } from './people.ts';
import { minutes, startSmallCloud } from './small-cloud.ts';
import { tableName } from './table-items.ts';
import { keepingEnvironment, runAs } from './terminal.ts';
import {
  ADMIN,
  APPROVER,
  type Call,
  callsOfAWave,
  callsOfOperators,
  DECISIONS,
  documentsOf,
  fleetOfVerbs,
  LOOKS,
  OPERATOR,
  RECORDS,
  VIEWER,
} from './verb-calls.ts';
import { uncalledVerbs } from './verbs-of-program.ts';

const MOST_MINUTES = 600;

/** The command line in the terminals of people who may do no more than their policy says, with what a line may name. */
interface Terminal {
  readonly cloud: LocalCloud;
  readonly names: Record<string, string>;
  readonly lines: string[];
  readonly problems: string[];
}

/**
 * Every verb that asks the API, or AWS, as the least of the people who may: none of them, and no function behind them, is denied anything.
 * What the state of things forbids is no problem. Gives what was otherwise.
 */
export async function everyVerb(assembly: Assembly): Promise<string[]> {
  const prepared = await fleetOfVerbs();
  const notes: string[] = [];
  const { cloud, close } = await startSmallCloud(prepared, assembly, (note) => notes.push(note));
  const folder = await mkdtemp(join(tmpdir(), 'liftlock-verbs-'));
  const terminal: Terminal = { cloud, names: { folder }, lines: [], problems: [] };
  try {
    await keepingEnvironment(() => dayOfVerbs(terminal, documentsOf(prepared))).catch((error: Error) =>
      terminal.problems.push(`The day ended early: ${error.message}`),
    );
    console.log(`  ${terminal.lines.length} command lines`);
    const denied = cloud.authority.iam
      .denials()
      .map(
        ({ role, action, resource, where, why }) => `${role} was denied ${action} on ${resource} (${where}): ${why}`,
      );
    return [...terminal.problems, ...uncalledVerbs(terminal.lines), ...denied, ...(await cloudProblems(cloud, notes))];
  } finally {
    await close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function dayOfVerbs(terminal: Terminal, documents: string): Promise<void> {
  const { cloud, names } = terminal;
  await call(terminal, { as: ADMIN, line: 'apply -f - --dry-run', stdin: documents });
  await call(terminal, { as: ADMIN, line: 'apply -f -', stdin: documents });
  cloud.begin();
  await minutes(cloud, 5);
  names.rollout = await rolloutOf(terminal, 'all');
  await callAll(terminal, [...LOOKS, ...callsOfOperators, ...DECISIONS]);
  await call(terminal, { as: APPROVER, line: 'rollout create hand' });
  names.second = await rolloutOf(terminal, 'hand');
  await untilStatus(terminal, 'cluster a', /Running/);
  await untilStatus(terminal, 'cluster e', /Running/);
  await stopRunningUpgrades(cloud);
  await untilStatus(terminal, 'cluster a', /Held/);
  await untilStatus(terminal, 'cluster e', /Held/);
  await callAll(terminal, callsOfAWave);
  await untilStatus(terminal, 'rollout {rollout}', /Soaking/);
  await call(terminal, { as: APPROVER, line: 'rollout promote {rollout} --reason rehearsed' });
  await callAll(terminal, RECORDS);
  await recoverTable(terminal);
}

/** As docs/runbook.md has it (Restore of the table), of a table that has lost nothing. */
async function recoverTable(terminal: Terminal): Promise<void> {
  const { cloud, names } = terminal;
  await call(terminal, { as: OPERATOR, line: 'fleet stop --reason rehearsed' });
  const giveBack = switchOffDeciders(cloud);
  const off = cloud.clock.now();
  await minutes(cloud, 3);
  names.items = tableName(cloud, 'ItemsTable');
  names.audit = tableName(cloud, 'AuditTable');
  names.off = off.toISOString();
  names.before = new Date(off.getTime() - 3_600_000).toISOString();
  const times = '--restored-to {before} --mutators-off-since {off}';
  // The runbook's own keys: no policy of the template lets somebody write into the tables.
  await call(terminal, {
    as: undefined,
    line: `recover --items {items} --audit {audit} ${times} --by ana@example.com`,
  });
  giveBack();
  await call(terminal, { as: APPROVER, line: 'fleet resume' });
  await minutes(cloud, 5);
}

async function callAll(terminal: Terminal, calls: readonly Call[]): Promise<void> {
  for (const one of calls) await call(terminal, one);
}

/** What is waited for comes within minutes of the cloud; what is refused by IAM, or fails within Liftlock, is a problem. */
async function call(terminal: Terminal, { as, line, codes = [0], stdin }: Call): Promise<string> {
  const { cloud, names, lines, problems } = terminal;
  lines.push(line);
  const argv = line.split(' ').map((word) => word.replace(/\{(\w+)\}/, (_, name: string) => names[name] ?? ''));
  const { code, out, err } = await runAs(cloud, as, argv, {
    ...(stdin === undefined ? {} : { stdin }),
    sleep: () => minutes(cloud, 1),
  });
  const isRefused = /you may not|AccessDenied|InternalError|is no answer of Liftlock/.test(err);
  if (isRefused || !codes.includes(code)) problems.push(`liftlock ${line}, as ${as}, ended with ${code}: ${err}`);
  return out;
}

/** The id of the newest rollout of a policy. */
async function rolloutOf(terminal: Terminal, policy: string): Promise<string> {
  const { items } = JSON.parse(await call(terminal, { as: VIEWER, line: 'get rollouts -o json' })) as {
    readonly items: readonly { readonly id: string; readonly policy: string }[];
  };
  const found = items.find((one) => one.policy === policy);
  if (found === undefined) throw new Error(`there is no rollout of the policy ${policy}`);
  return found.id;
}

async function untilStatus(terminal: Terminal, what: string, wanted: RegExp): Promise<void> {
  for (let minute = 0; minute < MOST_MINUTES; minute += 5) {
    if (wanted.test(await call(terminal, { as: VIEWER, line: `describe ${what} -o json` }))) return;
    await minutes(terminal.cloud, 5);
  }
  throw new Error(`within ${MOST_MINUTES} minutes ${what} was never ${wanted.source}`);
}
