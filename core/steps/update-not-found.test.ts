import { MemoryTable } from '../../adapters/memory/table.ts';
import { failing, oneStep, stepInput } from '../../test/material/steps/one-step.ts';
import { rollNodeGroup } from './roll-node-group.ts';

const gone = (what: string) => failing('ResourceNotFoundException', what);

/** An update of a group that EKS lists and does not describe. */
async function rolled(isThere: boolean) {
  const ports = await oneStep(new MemoryTable(), {
    eks: {
      cluster: { version: '1.37' },
      nodegroups: { a: { version: '1.36' } },
      more: {
        listUpdates: async (_, { nodegroupName }) => (nodegroupName === undefined ? [] : ['u-9']),
        describeUpdate: () => Promise.reject(gone('No update found for ID: u-9')),
        ...(isThere ? {} : { describeNodegroup: () => Promise.reject(gone('No node group found for name: a.')) }),
      },
    },
  });
  return rollNodeGroup(ports, stepInput({}, { nodegroup: 'a' }));
}

/** EKS also returns ResourceNotFoundException for an update (`No update found for ID`, https://github.com/aws/aws-cli/issues/10252). */
test('an update that EKS lists and does not describe is no proof that its node group was deleted: the step fails, and is tried again', async () => {
  await expect(rolled(true)).rejects.toThrow('No update found for ID');
});

test('a node group that EKS does not describe either was deleted', async () => {
  expect(await rolled(false)).toMatchObject({ status: 'done', reasons: [{ code: 'NoSuchNodegroup' }] });
});
