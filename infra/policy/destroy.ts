import { ofKind, textAt } from '../evaluate/inputs.ts';
import type { HouseRule } from './rule.ts';
import { siteKey, sitesOf } from './rule.ts';

export const destroyable: HouseRule = {
  name: 'destroy gets through',
  about: 'What cannot be deleted on its own goes with its server; sites leave the network before they are deleted.',
  findings: (evaluation) => {
    const servers = ofKind(evaluation, 'dbformysql:Server');
    const connections = ofKind(
      evaluation,
      'web:WebAppSwiftVirtualNetworkConnection',
      'web:WebAppSwiftVirtualNetworkConnectionSlot',
    );
    return [
      ...ofKind(evaluation, 'dbformysql:Configuration', 'dbformysql:Database')
        .filter(
          (part) =>
            !servers.some(
              (server) =>
                server.urn === part.deletedWith && textAt(server, 'serverName') === textAt(part, 'serverName'),
            ),
        )
        .map(({ name }) => ({ resource: name, problem: 'is not deleted with its server' })),
      ...sitesOf(evaluation)
        .filter(({ site }) => textAt(site, 'virtualNetworkSubnetId') !== '')
        .filter(
          ({ site, key }) =>
            !connections.some(
              (each) =>
                siteKey(each) === key &&
                textAt(each, 'subnetResourceId') === textAt(site, 'virtualNetworkSubnetId') &&
                each.dependencies.includes(site.urn),
            ),
        )
        .map(({ site }) => ({ resource: site.name, problem: 'is deleted while it is integrated into the network' })),
    ];
  },
};
