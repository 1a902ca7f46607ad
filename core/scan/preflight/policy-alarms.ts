import { foundOf, type PreflightCheck } from './preflight-check.ts';

const name = 'AlarmNotOk';

export const policyAlarms: PreflightCheck = {
  name,
  finds: 'An alarm that the policy names (`scan.alarms`) is not OK.',
  observe({ cluster, alarms = [] }) {
    return alarms
      .filter(({ status }) => status === 'red')
      .map(({ gate, message }) =>
        foundOf(name, 'eks', cluster, {
          subject: { kind: 'Alarm', name: gate },
          cause: `alarm:${gate}`,
          message: `The alarm ${gate}, which the policy wants OK before a hop, is not. ${message}`,
          fix: 'Mend what it tells of, and look again once it is OK.',
        }),
      );
  },
};
