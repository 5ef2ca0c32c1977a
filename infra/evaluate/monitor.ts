import * as grpc from '@grpc/grpc-js';
import type { Alias } from '@pulumi/pulumi/proto/alias_pb.js';
import { EngineService, type IEngineServer } from '@pulumi/pulumi/proto/engine_grpc_pb.js';
import engine from '@pulumi/pulumi/proto/engine_pb.js';
import { type IResourceMonitorServer, ResourceMonitorService } from '@pulumi/pulumi/proto/resource_grpc_pb.js';
import monitor from '@pulumi/pulumi/proto/resource_pb.js';
import empty from 'google-protobuf/google/protobuf/empty_pb.js';
import struct from 'google-protobuf/google/protobuf/struct_pb.js';
import { messageOf } from '../lib/error-message.ts';
import { SlipError } from '../lib/errors.ts';
import type { ProgramLog } from './recorded.ts';
import type { Recorder, Registration } from './recorder.ts';
import type { JsonObject } from './values.ts';

/** Features of Pulumi's engine that the program uses. */
const FEATURES = [
  monitor.ResourceMonitorFeature.RESOURCE_MONITOR_FEATURE_SECRETS,
  monitor.ResourceMonitorFeature.RESOURCE_MONITOR_FEATURE_ALIAS_SPECS,
  monitor.ResourceMonitorFeature.RESOURCE_MONITOR_FEATURE_DELETED_WITH,
  monitor.ResourceMonitorFeature.RESOURCE_MONITOR_FEATURE_INVOKE_DEPENDS_ON,
  monitor.ResourceMonitorFeature.RESOURCE_MONITOR_FEATURE_PARAMETERIZATION,
];

const SEVERITIES: readonly ProgramLog['severity'][] = ['debug', 'info', 'warning', 'error'];

export interface MonitorServer {
  /** host:port for the runner's `--monitor` and `--engine`. */
  readonly address: string;
  readonly logs: readonly ProgramLog[];
  close(): void;
}

/** Serves Pulumi's engine and resource monitor on a free loopback port. */
export async function serveMonitor(recorder: Recorder): Promise<MonitorServer> {
  const logs: ProgramLog[] = [];
  const server = new grpc.Server();
  server.addService(EngineService, engineService(logs));
  server.addService(ResourceMonitorService, monitorService(recorder));
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, bound) => {
      if (error) reject(error);
      else resolve(bound);
    });
  });
  return { address: `127.0.0.1:${port}`, logs, close: () => server.forceShutdown() };
}

function engineService(logs: ProgramLog[]): IEngineServer {
  let rootUrn = '';
  return {
    log: unary((request) => {
      const severity = SEVERITIES[request.getSeverity()] ?? 'info';
      if (severity !== 'debug') logs.push({ severity, message: request.getMessage() });
      return new empty.Empty();
    }),
    getRootResource: unary(() => new engine.GetRootResourceResponse().setUrn(rootUrn)),
    setRootResource: unary((request) => {
      rootUrn = request.getUrn();
      return new engine.SetRootResourceResponse();
    }),
    startDebugging: unary(() => new empty.Empty()),
    requirePulumiVersion: unary(() => new engine.RequirePulumiVersionResponse()),
  };
}

function monitorService(recorder: Recorder): IResourceMonitorServer {
  return {
    getDeploymentInfo: unary(() => new monitor.DeploymentInfo().setSupportedfeaturesList(FEATURES)),
    supportsFeature: unary(() => new monitor.SupportsFeatureResponse().setHassupport(false)),
    registerResource: unary((request) => {
      const { urn, id, outputs } = recorder.register(registrationOf(request));
      return new monitor.RegisterResourceResponse().setUrn(urn).setId(id).setObject(toStruct(outputs));
    }),
    registerResourceOutputs: unary((request) => {
      recorder.registerOutputs(request.getUrn(), fromStruct(request.getOutputs()));
      return new empty.Empty();
    }),
    readResource: unary((request) => {
      const { urn, outputs } = recorder.read({
        type: request.getType(),
        name: request.getName(),
        parent: request.getParent(),
        inputs: fromStruct(request.getProperties()),
      });
      return new monitor.ReadResourceResponse().setUrn(urn).setProperties(toStruct(outputs));
    }),
    invoke: unary((request) => {
      const answer = recorder.invoke(request.getTok(), fromStruct(request.getArgs()));
      return new monitor.ResourceInvokeResponse().setReturn(toStruct(answer));
    }),
    registerPackage: unary((request) => {
      const parameterization = request.getParameterization();
      const reference = recorder.registerPackage({
        name: parameterization?.getName() ?? request.getName(),
        version: parameterization?.getVersion() ?? request.getVersion(),
        baseName: request.getName(),
        baseVersion: request.getVersion(),
        parameter: Buffer.from(parameterization?.getValue_asU8() ?? []).toString('utf8'),
      });
      return new monitor.RegisterPackageResponse().setRef(reference);
    }),
    signalAndWaitForShutdown: unary(() => new empty.Empty()),
    call: refused('Call'),
    existsResource: refused('ExistsResource'),
    registerStackTransform: refused('RegisterStackTransform'),
    registerStackInvokeTransform: refused('RegisterStackInvokeTransform'),
    registerResourceHook: refused('RegisterResourceHook'),
    registerErrorHook: refused('RegisterErrorHook'),
  };
}

function registrationOf(request: InstanceType<typeof monitor.RegisterResourceRequest>): Registration {
  const aliases = request.getAliasesList();
  const propertyDependencies: Record<string, string[]> = {};
  for (const [key, dependencies] of request.getPropertydependenciesMap().entries()) {
    const urns = dependencies.getUrnsList().toSorted();
    if (urns.length > 0) propertyDependencies[key] = urns;
  }
  return {
    type: request.getType(),
    name: request.getName(),
    custom: request.getCustom(),
    parent: request.getParent(),
    inputs: fromStruct(request.getObject()),
    dependencies: request.getDependenciesList().toSorted(),
    propertyDependencies: Object.fromEntries(Object.entries(propertyDependencies).toSorted()),
    additionalSecretOutputs: request.getAdditionalsecretoutputsList().toSorted(),
    packageReference: request.getPackageref(),
    aliases: aliases.map(nameOrUrn).filter((alias) => alias !== ''),
    typeAliases: aliases.filter((alias) => nameOrUrn(alias) === '').map((alias) => alias.getSpec()?.getType() ?? ''),
    ignoreChanges: request.getIgnorechangesList().toSorted(),
    replaceOnChanges: request.getReplaceonchangesList().toSorted(),
    protect: request.getProtect() ?? false,
    retainOnDelete: request.getRetainondelete() ?? false,
    deletedWith: request.getDeletedwith(),
    deleteBeforeReplace: request.getDeletebeforereplace(),
  };
}

/** Empty for an alias by type alone. */
function nameOrUrn(alias: Alias): string {
  return alias.getUrn() || (alias.getSpec()?.getName() ?? '');
}

function fromStruct(value: InstanceType<typeof struct.Struct> | undefined): JsonObject {
  return value?.toJavaScript() ?? {};
}

function toStruct(value: JsonObject): InstanceType<typeof struct.Struct> {
  return struct.Struct.fromJavaScript(value);
}

/** A gRPC handler from a function. An exception becomes the caller's error. */
function unary<Request, Response>(answer: (request: Request) => Response): grpc.handleUnaryCall<Request, Response> {
  return (call, callback) => {
    try {
      callback(null, answer(call.request));
    } catch (error) {
      callback({ code: grpc.status.UNKNOWN, details: textOf(error) });
    }
  };
}

function textOf(error: unknown): string {
  if (error instanceof SlipError) return error.toText();
  return messageOf(error);
}

function refused(method: string): grpc.handleUnaryCall<unknown, never> {
  return (_, callback) =>
    callback({ code: grpc.status.UNIMPLEMENTED, details: `${method} is not implemented by the recording engine` });
}
