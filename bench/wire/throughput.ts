import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { DescribeClusterCommand, EKSClient } from '@aws-sdk/client-eks';
import { countAnswers, signedRequest } from './raw-requests.ts';

/** Requests per second. */
export interface Throughput {
  readonly sdkOneAtATime: number;
  readonly sdkSixteenAtATime: number;
  /** Over bare sockets, 32 at a time: the capacity of the server itself. */
  readonly raw: number;
}

/** Signed DescribeCluster of EKS against a server in its own thread, whose service answers at once. */
export async function measureThroughput(seconds = 2): Promise<Throughput> {
  const server = new Worker(new URL('./server-thread.ts', import.meta.url));
  try {
    const [origin] = (await once(server, 'message')) as [string];
    const client = clientOf(origin);
    await overSdk(client, 16, 0.5);
    const sdkOneAtATime = await overSdk(client, 1, seconds);
    const sdkSixteenAtATime = await overSdk(client, 16, seconds);
    client.destroy();
    await overSockets(origin, 32, 0.5);
    return { sdkOneAtATime, sdkSixteenAtATime, raw: await overSockets(origin, 32, seconds) };
  } finally {
    await server.terminate();
  }
}

const clientOf = (endpoint: string): EKSClient =>
  new EKSClient({
    region: 'eu-central-1',
    endpoint,
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
    maxAttempts: 1,
  });

async function overSdk(client: EKSClient, atATime: number, seconds: number): Promise<number> {
  return perSecond(atATime, seconds, async (until) => {
    let answers = 0;
    while (performance.now() < until) {
      await client.send(new DescribeClusterCommand({ name: 'shop' }));
      answers++;
    }
    return answers;
  });
}

async function overSockets(origin: string, atATime: number, seconds: number): Promise<number> {
  const request = await signedRequest(origin);
  return perSecond(atATime, seconds, (until) => countAnswers(request, Number(new URL(origin).port), until));
}

async function perSecond(atATime: number, seconds: number, count: (until: number) => Promise<number>): Promise<number> {
  const start = performance.now();
  const counts = await Promise.all(Array.from({ length: atATime }, () => count(start + seconds * 1000)));
  return (counts.reduce((sum, each) => sum + each, 0) * 1000) / (performance.now() - start);
}
