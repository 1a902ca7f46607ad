import { preflightCheck } from './preflight-check.ts';

export const policyAlarms = preflightCheck({
  name: 'AlarmNotOk',
  source: 'eks',
  finds: 'An alarm that the policy names (`scan.alarms`) is not OK.',
  observe({ alarms = [] }) {
    return alarms
      .filter(({ status }) => status === 'red')
      .map(({ gate, message }) => ({
        subject: { kind: 'Alarm', name: gate },
        cause: `alarm:${gate}`,
        message: `The alarm ${gate}, which the policy wants OK before a hop, is not. ${message}`,
        fix: 'Mend what it tells of, and look again once it is OK.',
      }));
  },
});
