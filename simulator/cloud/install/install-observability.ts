import { type Installer, type Installers, nothing, propertyOf } from './installer.ts';

const alarm: Installer = (resource, { alarms }) => {
  const description = propertyOf<string | undefined>(resource, 'AlarmDescription');
  const { arn, name, account, region } = resource;
  alarms.push({ arn, name, account, region, ...(description === undefined ? {} : { description }) });
};

export const observabilityInstallers: Installers = {
  'AWS::Logs::LogGroup': (group, { logs }) => logs.addGroup(group.arn),
  'AWS::CloudWatch::Alarm': alarm,
  'AWS::CloudWatch::CompositeAlarm': alarm,
  'AWS::CloudWatch::Dashboard': nothing,
};
