import fc from 'fast-check';
import { EventQueue } from './event-queue.ts';

describe('an event queue', () => {
  it('hands out what was not cancelled, sorted by instant and then by insertion', () => {
    const entries = fc.array(fc.record({ at: fc.integer({ min: 0, max: 20 }), cancelled: fc.boolean() }));
    fc.assert(
      fc.property(entries, (wanted) => {
        const queue = new EventQueue();
        const added = wanted.map(({ at, cancelled }, order) => {
          const event = queue.add(at, () => {});
          event.cancelled = cancelled;
          return { at, order, cancelled };
        });
        const expected = added
          .filter((event) => !event.cancelled)
          .sort((left, right) => left.at - right.at || left.order - right.order)
          .map((event) => event.order);
        const taken: number[] = [];
        for (let event = queue.take(); event; event = queue.take()) taken.push(event.order);
        expect(taken).toEqual(expected);
      }),
    );
  });
});
