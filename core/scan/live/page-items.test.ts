import type { Observation } from '../judge/observation.ts';
import { noFacts } from '../reference/cluster-facts.ts';
import { PageItems } from './unit-list.ts';

const seen = { type: 'skew', cause: 'x' } as Observation;

const collect = (mayMatter = true) =>
  new PageItems(
    (_item, facts) => {
      facts.storageClasses.gp3 = true;
      return [seen];
    },
    () => mayMatter,
  );

test('a page that is asked for again begins with nothing', () => {
  const items = collect();
  items.begin();
  items.item('{"a":1}');
  items.item('1');
  expect(items).toMatchObject({
    count: 1,
    broken: true,
    observations: [seen],
    facts: { storageClasses: { gp3: true } },
  });
  items.begin();
  expect(items).toMatchObject({ count: 0, broken: false, observations: [] });
  expect(items.facts).toEqual(noFacts());
});

test('what does not matter is counted only', () => {
  const items = collect(false);
  items.begin();
  items.item('{"a":1}');
  expect(items).toMatchObject({ count: 1, observations: [] });
});

test.each(['1', 'null', '[]', '{"a":', '"{}"', '{"a":}'])('%s is no item', (text) => {
  const items = collect();
  items.begin();
  items.item(text);
  expect([items.broken, items.count]).toEqual([true, 0]);
});
