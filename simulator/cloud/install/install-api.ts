import { type Installers, nothing, propertyOf } from './installer.ts';

/** The HTTP API: routes to functions through integrations. */
export const apiInstallers: Installers = {
  'AWS::ApiGatewayV2::Api': (gateway, { api }) => {
    if (propertyOf(gateway, 'ProtocolType') !== 'HTTP') throw new Error('only HTTP APIs are understood');
    api(gateway.ref, gateway);
  },
  'AWS::ApiGatewayV2::Integration': (integration, { functions }) => {
    const [type, version] = ['IntegrationType', 'PayloadFormatVersion'].map((name) =>
      propertyOf<string>(integration, name),
    );
    if (type !== 'AWS_PROXY' || version !== '2.0') throw new Error(`integration ${type} ${version} is not understood`);
    functions.get(propertyOf(integration, 'IntegrationUri'));
  },
  'AWS::ApiGatewayV2::Stage': nothing,
  'AWS::ApiGatewayV2::Route': (route, { api }, all) => {
    const target = propertyOf<string>(route, 'Target').replace(/^integrations\//, '');
    const integration = all.find((one) => one.type === 'AWS::ApiGatewayV2::Integration' && one.ref === target);
    if (integration === undefined) throw new Error(`there is no integration ${target}`);
    const [method = '', path = ''] = propertyOf<string>(route, 'RouteKey').split(' ');
    const authorization = propertyOf<string | undefined>(route, 'AuthorizationType') ?? 'NONE';
    if (authorization !== 'AWS_IAM' && authorization !== 'NONE')
      throw new Error(`authorization ${authorization} is not understood`);
    api(propertyOf(route, 'ApiId'), route).add({
      method,
      path,
      iamAuthorized: authorization === 'AWS_IAM',
      functionArn: propertyOf(integration, 'IntegrationUri'),
    });
  },
};
