FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /source
COPY . .
RUN dotnet publish src/KvStore.Host -c Release -o /app

FROM mcr.microsoft.com/dotnet/aspnet:10.0
COPY --from=build /app /app
RUN mkdir /data && chown app /data
VOLUME /data
USER app
EXPOSE 6100 4053
# There is no authentication yet: publish the gateway's port to trusted networks only.
ENTRYPOINT ["/app/KvStore.Host", "node", "--set", "kv.data-folder=/data", "--set", "kv.gateway.host=0.0.0.0", "--set", "akka.remote.dot-netty.tcp.hostname=0.0.0.0"]
