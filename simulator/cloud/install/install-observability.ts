import { alarmDefinition } from '../alarms/alarm-definition.ts';
import type { Alarm } from '../alarms/alarms.ts';
import { type Installer, type Installers, nothing, propertyOf } from './installer.ts';

const alarm =
  (kind: Alarm['kind']): Installer =>
  (resource, { alarms }) => {
    const description = propertyOf<string | undefined>(resource, 'AlarmDescription');
    const { arn, name, account, region, properties } = resource;
    const told = description === undefined ? {} : { description };
    alarms.add({ arn, name, account, region, kind, ...told, definition: alarmDefinition(properties) });
  };

export const observabilityInstallers: Installers = {
  'AWS::Logs::LogGroup': (group, { logs }) => logs.addGroup(group.arn),
  'AWS::CloudWatch::Alarm': alarm('metric'),
  'AWS::CloudWatch::CompositeAlarm': alarm('composite'),
  'AWS::CloudWatch::Dashboard': nothing,
};
