import type { GateAnswer } from '../../core/policy/gate-answer.ts';
import { createGateReader } from './gate-reader.ts';

const never = () => new Promise<GateAnswer>(() => {});
const failing = (name: string, message: string) => () => Promise.reject(Object.assign(new Error(message), { name }));
const reader = (read: () => Promise<GateAnswer>) =>
  createGateReader({ alarms: { read }, webhooks: { read }, timeoutMilliseconds: 50 });

test.each([
  ['nobody answers', never, 'It did not answer within 0.05 seconds.', true],
  [
    'it is forbidden',
    failing('AccessDenied', 'User: liftlock is not authorized to perform: cloudwatch:DescribeAlarms'),
    'It may not be read: User: liftlock is not authorized to perform: cloudwatch:DescribeAlarms.',
    undefined,
  ],
  [
    'it fails',
    failing('InternalServiceFault', 'no\nluck.'),
    'It could not be read (InternalServiceFault): no luck.',
    true,
  ],
  [
    'its secret cannot be read',
    failing('SecretUnreadable', 'Secrets Manager answered AccessDeniedException, so nobody was asked.'),
    'Its secret could not be read: Secrets Manager answered AccessDeniedException, so nobody was asked.',
    true,
  ],
])(
  'when %s, a gate is unknown, says whether that may pass, and the reading does not fail',
  async (_, read, message, mayPass) => {
    for (const gate of [{ alarm: 'errors' }, { webhook: 'https://gates.example.com/?token=hunter2' }]) {
      const reading = await reader(read).read(gate, []);
      expect(reading).toEqual({ gate: reading.gate, status: 'unknown', message, ...(mayPass && { mayPass }) });
      expect(reading.gate).not.toContain('hunter2');
    }
  },
);
