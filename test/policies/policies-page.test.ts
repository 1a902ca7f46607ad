import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseConfig } from '../../core/config/parse-config.ts';
import { SupportCalendar } from '../../core/version/support-calendar.ts';
import { runInProcess } from '../material/cli/run-in-process.ts';

const page = readFileSync(new URL('../../docs/policies.md', import.meta.url), 'utf8');
const folder = fileURLToPath(new URL('./mistakes/', import.meta.url));
const now = new Date('2026-11-20T08:00:00Z');

/** The fenced blocks of a part of the page, by language. */
const blocks = (text: string, language: string): string[] =>
  [...text.matchAll(new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``, 'g'))].map(([, block = '']) => block);

test('the files that the page gives whole can be applied as they are', () => {
  const whole = blocks(page.split('## Typical mistakes')[0] ?? '', 'yaml').filter((block) =>
    block.startsWith('apiVersion'),
  );
  expect(whole).toHaveLength(2);
  const files = whole.map((text, index) => ({ path: `${index}.yaml`, text }));
  const { errors, warnings, policies } = parseConfig(files, { calendar: SupportCalendar.builtIn(), now });
  expect([...errors, ...warnings]).toEqual([]);
  expect(policies[0]?.spec.waves.map(({ name }) => name)).toEqual(['dev', 'staging', 'prod']);
});

const [, mistakes = ''] = /## Typical mistakes\n([\s\S]*?)\n## Reference/.exec(page) ?? [];
const files = blocks(mistakes, 'yaml').map((block) => /^# (.+)\n([\s\S]*)$/.exec(block) ?? []);
const messages = blocks(mistakes, 'text');

test('the page lists at least twelve mistakes, every file of the folder among them', () => {
  expect(files.length).toBeGreaterThanOrEqual(12);
  expect(files.map(([, name]) => name).sort()).toEqual(readdirSync(folder).sort());
});

test.each(files.map(([, name = '', text = ''], index) => [name, text, messages[index] ?? ''] as const))(
  'what validate prints of %s is what the page says',
  async (name, text, message) => {
    expect(readFileSync(`${folder}${name}`, 'utf8')).toBe(text);
    const { out, code } = await runInProcess(['validate', '-f', `${folder}${name}`], { now });
    const issues = out
      .replaceAll(folder, '')
      .split('\n')
      .filter((line) => /: (?:error|warning): /.test(line));
    expect(`${issues.join('\n')}\n`).toBe(message);
    expect(issues.length).toBeGreaterThan(0);
    expect(code).toBe(message.includes(': error: ') ? 2 : 0);
  },
);
