import type { Measure } from '../figure.ts';
import { measureThroughput } from '../wire/throughput.ts';

/** What the local cloud's one port bears: signed requests that are verified, read, validated and answered. Client and server share the cores. */
export const measure: Measure = async () => {
  const { sdkOneAtATime, sdkSixteenAtATime, raw } = await measureThroughput();
  return [
    { name: 'wire: SDK, one at a time', value: Math.round(sdkOneAtATime), unit: 'per second', least: 500 },
    { name: 'wire: SDK, 16 at a time', value: Math.round(sdkSixteenAtATime), unit: 'per second', least: 1_000 },
    { name: 'wire: bare sockets, 32 at a time', value: Math.round(raw), unit: 'per second', least: 5_000 },
  ];
};
