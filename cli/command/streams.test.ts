import { spawnSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const CLI = new URL('..', import.meta.url).pathname;

test('what is written cannot steer the terminal, whoever wrote it', () => {
  const source = [
    `import { writeError, writeOut } from '${CLI}command/streams.ts';`,
    "writeOut('out \\u001b[2J\\u202e\\u200b\\n');",
    "writeError('err \\u001b]8;;x\\u0007\\n');",
  ].join('\n');
  const ran = spawnSync(process.execPath, ['--no-warnings', '--input-type=module', '-e', source], { encoding: 'utf8' });
  expect([ran.stdout, ran.stderr]).toEqual(['out \\u001b[2J\\u202e\\u200b\n', 'err \\u001b]8;;x\\u0007\n']);
});

test('nothing writes past that, but for what draws a screen of its own', () => {
  const writers = globSync('**/*.ts', { cwd: CLI, exclude: ['**/*.test.ts'] }).filter((path) =>
    /process\.(?:stdout|stderr)(?:\.write\(|[,)])|\.#out\.write\(|console\./.test(
      readFileSync(join(CLI, path), 'utf8'),
    ),
  );
  expect(writers.sort()).toEqual(['command/io.ts', 'command/streams.ts', 'start/live-view.ts', 'start/start.ts']);
});
