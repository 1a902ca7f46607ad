import type { ImageReleases } from '../contracts/items/cluster.ts';
import { readReleases, withEarlier } from './watch-versions.ts';

const NOW = new Date('2026-11-20T08:00:00Z');
const MINORS = ['1.36'];
const scope = { account: '111111111111', region: 'eu-central-1' };
const release = (name: string, day: number) => ({ release: name, publishedAt: `2026-11-${day}T00:00:00.000Z` });
const image = (...releases: ImageReleases['images'][number]['releases']) => ({
  ...{ version: '1.36', amiType: 'AL2023_x86_64_STANDARD', releases },
});

test('ten parameters are asked for at a time, and an image that has none is left out', async () => {
  const asked: number[] = [];
  const images = await readReleases(
    {
      async getParameters(_, names) {
        asked.push(names.length);
        return names
          .filter((name) => name.includes('/x86_64/standard/'))
          .map((name) => ({
            name,
            value: `of ${name.split('/')[5]}`,
            lastModifiedDate: new Date('2026-11-12T00:00:00Z'),
          }));
      },
    },
    scope,
    ['1.36', '1.37'],
  );
  expect(asked).toEqual([10, 10, 2]);
  expect(images).toEqual(['1.36', '1.37'].map((version) => ({ ...image(release(`of ${version}`, 12)), version })));
});

test('what was the newest before is kept with the day on which it was seen published, two months of them', () => {
  const before = [image(release('1.1.2', 12), release('1.1.1', 10))];
  const now = (...releases: ReturnType<typeof release>[]) => withEarlier([image(...releases)], before, MINORS, NOW);
  expect(now(release('1.1.3', 19))).toEqual([image(release('1.1.3', 19), release('1.1.2', 12), release('1.1.1', 10))]);
  expect(now(release('1.1.2', 19))).toEqual(before);
  const many = [image(...Array.from({ length: 8 }, (_, index) => release(`1.0.${index}`, 10)))];
  expect(withEarlier([image(release('1.1.3', 19))], many, MINORS, NOW)[0]?.releases).toHaveLength(8);
  expect(withEarlier([image(release('1.1.3', 19))], [], MINORS, NOW)).toEqual([image(release('1.1.3', 19))]);
});

test('what AWS has withdrawn is not kept', () => {
  const before = [image(release('1.1.2', 12), release('1.1.1', 10))];
  expect(withEarlier([image(release('1.1.1', 19))], before, MINORS, NOW)).toEqual([image(release('1.1.1', 10))]);
});

test('an image that readings lack stays known for a week, while its minor is offered', () => {
  const arm = { ...image(release('1.1.2', 12)), amiType: 'AL2023_ARM_64_STANDARD' };
  const read = [image(release('1.1.3', 19))];
  const unread = { ...arm, unreadSince: NOW.toISOString() };
  expect(withEarlier(read, [arm], MINORS, NOW)).toEqual([...read, unread]);
  const later = (hours: number) => new Date(NOW.getTime() + hours * 3_600_000);
  expect(withEarlier(read, [unread], MINORS, later(167))).toEqual([...read, unread]);
  expect(withEarlier(read, [unread], MINORS, later(168))).toEqual(read);
  expect(withEarlier([...read, arm], [unread], MINORS, later(1))).toEqual([...read, arm]);
  expect(withEarlier(read, [{ ...arm, version: '1.35' }], MINORS, NOW)).toEqual(read);
});
