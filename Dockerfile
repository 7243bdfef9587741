# What 'make deb' has left, in an image: make deb && docker build -t spillway .
#   docker run -p 3000:3000 -p 3001:3001 -p 1935:1935 -v spillway:/data spillway serve --source rtmp
FROM debian:12.11-slim AS package
COPY artifacts/spillway_*-1_amd64.deb /package/
RUN dpkg-deb -x "$(ls /package/*.deb | sort -V | tail -n 1)" /unpacked

FROM debian:12.11-slim
# ffmpeg makes the slate and the ladder; all else works without it.
RUN apt-get update \
  && apt-get install -y --no-install-recommends ca-certificates curl ffmpeg libssl3 \
  && rm -rf /var/lib/apt/lists/* \
  && install -d -o 10001 -g 10001 /data
COPY --from=package /unpacked/usr/bin/spillway /usr/bin/spillway
USER 10001:10001
WORKDIR /data
ENV SPILLWAY__DATA=/data
VOLUME /data
EXPOSE 3000 3001 1935
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s CMD ["curl", "-fsS", "http://127.0.0.1:3000/health/live"]
ENTRYPOINT ["/usr/bin/spillway"]
CMD ["serve"]
