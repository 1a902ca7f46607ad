import { readFileSync } from 'node:fs';
import { measure } from './measure/longest-upgrade.ts';

test('the longest real upgrade uses as many history events as docs/architecture.md says, far below the limit', async () => {
  const [history, looks] = await measure();
  const text = readFileSync(new URL('../docs/architecture.md', import.meta.url), 'utf8');
  expect(history?.value).toBeLessThan(25_000 * 0.6);
  expect(text).toContain(`${history?.value.toLocaleString('en')} history events`);
  expect(text).toContain(`${looks?.value} looks`);
}, 60_000);
