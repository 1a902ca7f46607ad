import type { EksReader } from '../ports/eks.ts';
import { readerUntil } from './record-in-time.ts';

const end = new Date('2031-05-06T07:08:09.000Z');
const scope = { account: '111111111111', region: 'eu-central-1' };

test('what EKS is asked until an instant is answered, and from then on nothing is asked', async () => {
  let now = new Date(end.getTime() - 1);
  const asked: string[] = [];
  const eks = {
    async listClusters({ region }) {
      asked.push(region);
      return ['web'];
    },
  } as Pick<EksReader, 'listClusters'> as EksReader;
  const reader = readerUntil(eks, { now: () => now }, end);
  expect(await reader.listClusters(scope)).toEqual(['web']);
  now = end;
  await expect(reader.listClusters(scope)).rejects.toMatchObject({ name: 'TimeIsUp' });
  expect(asked).toEqual(['eu-central-1']);
});
