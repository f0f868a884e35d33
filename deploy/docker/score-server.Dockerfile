# The score server. From the repository's root:
#   docker build -f deploy/docker/score-server.Dockerfile -t sjc-score-server:cpu .
#   docker build -f deploy/docker/score-server.Dockerfile -t sjc-score-server:cuda --build-arg TORCH_FLAVOR=cuda .
# The CUDA flavour brings libtorch's CUDA build (some gigabytes); the driver comes from the host by NVIDIA's container toolkit.
ARG DOTNET_VERSION=10.0

FROM mcr.microsoft.com/dotnet/sdk:${DOTNET_VERSION}-noble AS build
ARG TORCH_FLAVOR=cpu
WORKDIR /source
COPY . .
RUN dotnet publish services/ScoreServer/Service/Sjc.ScoreServer.csproj -c Release -o /app -p:TorchFlavor=${TORCH_FLAVOR} -nologo

# Noble's libstdc++ is that of GCC 14: TorchSharp's native library needs no mend.
FROM mcr.microsoft.com/dotnet/aspnet:${DOTNET_VERSION}-noble
WORKDIR /app
COPY --from=build /app .
# 5201: gRPC; 5211: metrics. The root file system may be read-only: nothing is written but diagnostics, which are off.
ENV ASPNETCORE_URLS=http://+:5201 \
    ASPNETCORE_HTTP_PORTS= \
    Telemetry__MetricsUrl=http://+:5211 \
    DOTNET_EnableDiagnostics=0 \
    NVIDIA_VISIBLE_DEVICES=all \
    NVIDIA_DRIVER_CAPABILITIES=compute,utility
EXPOSE 5201 5211
USER $APP_UID
HEALTHCHECK --interval=10s --timeout=5s --start-period=120s CMD ["dotnet", "Sjc.ScoreServer.dll", "health"]
ENTRYPOINT ["dotnet", "Sjc.ScoreServer.dll"]
