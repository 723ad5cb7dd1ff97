/**
 * What google-gax uses of @grpc/proto-loader: the services' methods. The package itself also builds protocol buffer
 * descriptors of every message and file, for servers that offer them.
 */
const camelCase = require("lodash.camelcase");
const protobuf = require("protobufjs");

exports.fromJSON = (json, options) => {
  const root = protobuf.Root.fromJSON(json);
  root.resolveAll();
  return Object.fromEntries(
    toServices(root).map((service) => {
      const name = service.fullName.slice(1);
      return [name, toDefinition(service, name, options)];
    }),
  );
};

function toServices(namespace) {
  return (namespace.nestedArray ?? []).flatMap((nested) =>
    nested instanceof protobuf.Service ? [nested] : toServices(nested),
  );
}

function toDefinition(service, name, options) {
  return Object.fromEntries(
    service.methodsArray.map((method) => [method.name, toMethod(method, name, options)]),
  );
}

function toMethod(method, serviceName, options) {
  const { name, requestStream, responseStream, resolvedRequestType, resolvedResponseType } = method;
  return {
    path: `/${serviceName}/${name}`,
    requestStream: Boolean(requestStream),
    responseStream: Boolean(responseStream),
    requestSerialize: toSerializer(resolvedRequestType),
    requestDeserialize: toDeserializer(resolvedRequestType, options),
    responseSerialize: toSerializer(resolvedResponseType),
    responseDeserialize: toDeserializer(resolvedResponseType, options),
    originalName: camelCase(name),
  };
}

function toSerializer(type) {
  return (message) => type.encode(type.fromObject(message)).finish();
}

function toDeserializer(type, options) {
  return (bytes) => type.toObject(type.decode(bytes), options);
}
