import type { LiftlockEvent } from '../../core/contracts/events.ts';
import type { EventBus } from '../../core/ports/outside.ts';

export interface EventBusUnderTest {
  readonly bus: EventBus;
  /** What arrived, in order. */
  arrived(): readonly { readonly type: string; readonly detail: unknown }[];
  close(): Promise<void>;
}

const news = (kubernetesVersion: string): LiftlockEvent => ({
  type: 'VersionAvailable',
  detail: { version: 1, region: 'eu-central-1', kubernetesVersion },
});

/** Whatever is published arrives once under its type with its detail, in order, however much it is. */
export function eventBusContract(name: string, create: () => Promise<EventBusUnderTest>): void {
  describe(`event bus: ${name}`, () => {
    let under: EventBusUnderTest;
    beforeEach(async () => {
      under = await create();
    });
    afterEach(() => under.close());

    test('an event arrives under its type with its detail', async () => {
      await under.bus.publish([news('1.37')]);
      expect(under.arrived()).toMatchObject([
        { type: 'VersionAvailable', detail: { version: 1, region: 'eu-central-1', kubernetesVersion: '1.37' } },
      ]);
    });

    test('more than one call of the service takes arrive all, in order', async () => {
      const many = Array.from({ length: 23 }, (_, index) => news(`1.${index}`));
      await under.bus.publish(many);
      expect(under.arrived().map((event) => event.detail)).toMatchObject(many.map((event) => event.detail));
    });

    test('nothing to publish is nothing published', async () => {
      await under.bus.publish([]);
      expect(under.arrived()).toEqual([]);
    });
  });
}
