import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { Shell } from './shell.ts';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const rendered = at('./rendered/payments.yaml');

interface Workflow {
  readonly env: Readonly<Record<string, string>>;
  readonly jobs: { readonly scan: { readonly steps: readonly { readonly name?: string; readonly run?: string }[] } };
}
const workflow = parse(readFileSync(at('../../examples/ci/github-actions.yaml'), 'utf8')) as Workflow;
const step = (name: string): string =>
  workflow.jobs.scan.steps.find((one) => one.name === name)?.run ?? `echo no step ${name}; exit 99`;

let shell: Shell;
beforeEach(() => {
  shell = new Shell();
});
afterEach(() => shell.remove());

/** The job as a runner does it, without what needs a network: gives the code of the last step and what came before. */
function job(): { scan: number | null; verdict: ReturnType<Shell['run']>; summary: string; upload: string } {
  const temp = shell.temporary;
  const files = { output: join(temp, 'output'), summary: join(temp, 'summary') };
  for (const file of Object.values(files)) writeFileSync(file, '');
  const env = {
    ...workflow.env,
    ...{ RUNNER_TEMP: temp, GITHUB_OUTPUT: files.output, GITHUB_STEP_SUMMARY: files.summary },
    GITHUB_WORKSPACE: shell.path,
  };
  const scan = shell.run(step('Scan'), env).code;
  const [, code = ''] = /^code=(\d+)$/m.exec(readFileSync(files.output, 'utf8')) ?? [];
  const upload = join(temp, 'upload.sarif');
  return {
    scan,
    verdict: shell.run(step('Verdict'), { ...env, CODE: code }),
    summary: readFileSync(files.summary, 'utf8'),
    upload: existsSync(upload) ? readFileSync(upload, 'utf8') : '',
  };
}

/** What the job does with jq, for machines that have none. */
const JQ = `exec node -e 'const d = JSON.parse(require("fs").readFileSync(process.argv[1], "utf8")); for (const r of d.runs) r.results = r.results.filter((x) => x.suppressions.length === 0); console.log(JSON.stringify(d))' "$2"`;

test.each([
  ['findings', () => readFileSync(rendered, 'utf8'), 3, 'Liftlock found what Kubernetes 1.36 does not take'],
  ['a broken file', () => 'apiVersion: v1\nkind: [\n', 4, 'Liftlock could not read everything'],
  ['nothing wrong', () => 'apiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n', 0, ''],
])(
  'the workflow with %s',
  (_, text, code, message) => {
    if (shell.run('command -v jq').code !== 0) shell.standIn('jq', JQ);
    mkdirSync(join(shell.path, 'deploy'));
    writeFileSync(join(shell.path, 'deploy', 'all.yaml'), text());
    const { scan, verdict, summary, upload } = job();
    expect([scan, verdict.code]).toEqual([0, code]);
    expect(verdict.out).toContain(message);
    expect(summary).toContain('<!-- liftlock-scan -->');
    const { runs } = JSON.parse(upload) as { runs: { results: { locations: unknown[] }[] }[] };
    expect(runs[0]?.results).toHaveLength(code === 3 ? 1 : 0);
    if (code === 3) expect(JSON.stringify(runs[0]?.results)).toContain('"deploy/all.yaml"');
  },
  30_000,
);

/** The commands of the README's blocks, one after the other. */
const commands = [...readFileSync(at('../../examples/ci/README.md'), 'utf8').matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(
  ([, block = '']) => block.trim().split('\n'),
);

test('the commands that render charts and overlays find what is in them', () => {
  for (const tool of ['helm', 'kustomize']) shell.standIn(tool, `cat ${rendered}`);
  const piped = commands.filter((command) => command.includes('|'));
  expect(piped.length).toBeGreaterThanOrEqual(2);
  for (const command of piped) {
    const { code, out } = shell.run(command);
    expect(code).toBe(3);
    expect(out).toContain('file:payments/templates/budget.yaml');
    expect(out).toMatch(/^FAIL: standard input for 1\.36: 1 error, 0 warnings, 4 documents read\./m);
  }
}, 30_000);

test('a chart that cannot be rendered is never taken for a clean one', () => {
  shell.standIn('helm', 'echo "Error: chart not found" >&2; exit 1');
  const [command = ''] = commands.filter((one) => one.startsWith('helm'));
  expect(shell.run(`set +o pipefail; ${command}`).code).toBe(4);
}, 30_000);

test('the commands about a baseline make one, and pass with it', () => {
  writeFileSync(join(shell.path, 'budget.yaml'), readFileSync(rendered));
  const [write = '', compare = ''] = commands.filter((command) => command.includes('baseline'));
  expect(shell.run(write).code).toBe(3);
  const again = shell.run(compare);
  expect(again.out).toContain('error, known');
  expect(again.code).toBe(0);
}, 30_000);
