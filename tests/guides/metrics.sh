# needs: owncast
begin 'spillway serve' 'Player +http' 'spillway serve --source /home/me/owncast/data/hls'
on_air
folder=/usr/share/doc/spillway/examples
as 'sudo apt-get install prometheus' 'sudo DEBIAN_FRONTEND=noninteractive apt-get install -y prometheus'
try 'sudo cp deploy/prometheus/prometheus.yml deploy/prometheus/spillway.rules.yml /etc/prometheus/'
try 'sudo systemctl restart prometheus'
soon "Prometheus has the figures" 'curl -s "http://localhost:9090/api/v1/query?query=spillway_stream_writer"' '"stream": ?"live".*"1"'
settings "Prometheus has the rules" 'curl -s http://localhost:9090/api/v1/rules' SpillwayOriginBytes
folder=/usr/share/doc/spillway/examples/deploy/prometheus
try 'promtool test rules spillway.rules.test.yml' SUCCESS
folder=/home/me
finish
