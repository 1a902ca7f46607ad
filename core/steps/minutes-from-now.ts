import type { Ports } from '../ports/ports.ts';

export const minutesFromNow = (ports: Pick<Ports, 'clock'>, minutes: number): Date =>
  new Date(ports.clock.now().getTime() + minutes * 60_000);
