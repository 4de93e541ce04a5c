import type { SagemakerOptions } from './options.js';

/** The bodies of the three requests that make an endpoint, by the names of their files, in their order. */
export function sagemakerRequests(
  name: string,
  { image, role, modelData, instanceType, instanceCount = 1 }: SagemakerOptions,
): Readonly<Record<string, unknown>> {
  return {
    'create-model.json': {
      ModelName: name,
      PrimaryContainer: { Image: image, ModelDataUrl: modelData },
      ExecutionRoleArn: role,
    },
    'create-endpoint-config.json': {
      EndpointConfigName: name,
      ProductionVariants: [
        {
          VariantName: 'AllTraffic',
          ModelName: name,
          InitialInstanceCount: instanceCount,
          InstanceType: instanceType,
          InitialVariantWeight: 1,
        },
      ],
    },
    'create-endpoint.json': { EndpointName: name, EndpointConfigName: name },
  };
}
