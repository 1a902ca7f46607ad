import type { ArgumentRule } from './argument-rule.ts';

const pattern = /^[0-9A-Za-z][A-Za-z0-9_-]*$/;

/**
 * What cluster names are made of (`ClusterName` of the API's model). EKS checks it wherever a cluster is named, also in operations which
 * declare no InvalidParameterException: surajincloud/kubectl-eks#72 shows it for DescribeCluster and ListNodegroups.
 */
export function clusterNameIn(parameter: 'name' | 'clusterName'): ArgumentRule {
  return (input) => {
    const value = input[parameter];
    if (typeof value !== 'string' || value === '') return undefined;
    if (value.length > 100) return `The parameter ${parameter} must be between 1 and 100 characters`;
    if (pattern.test(value)) return undefined;
    return `The parameter ${parameter} contains invalid characters. It should conform to the regular expression "^[0-9A-Za-z][A-Za-z0-9-_]*"`;
  };
}
