"""What a cluster's masters say of this application, asked by Spark's own messages: they carry the cluster's secret."""

from enum import Enum
from functools import cache
from typing import Any

from py4j.protocol import Py4JJavaError
from pyspark.sql import SparkSession

ANSWER_SECONDS = 5


class Standing(Enum):
    """Of an application with the masters of its spark:// URL."""

    KNOWN = "a master that leads has it"
    UNKNOWN = "a master leads, and has it no more"
    SILENT = "no master that leads has answered"
    ENDED = "the session has been stopped"


class Masters:
    """Those of a session's cluster."""

    def __init__(self, spark: SparkSession) -> None:
        context: Any = spark.sparkContext
        self._jvm = context._jvm
        self._rpc = self._jvm.org.apache.spark.SparkEnv.get().rpcEnv()
        self._context = context._jsc.sc()
        self._application = context.applicationId
        self._places = context.master.removeprefix("spark://").split(",")
        self._endpoint = cache(self._connected)

    def standing(self) -> Standing:
        """One leading master that has the application is enough."""
        asked = [self._said_by(place) for place in self._places]
        # Only now: a session that is being stopped marks this before it tells its master.
        if self._context.isStopped():
            return Standing.ENDED
        return min(asked, key=list(Standing).index)

    def _said_by(self, place: str) -> Standing:
        try:
            state = self._endpoint(place).askSync(*self._question())
        except Py4JJavaError:
            return Standing.SILENT
        if state.status().toString() == "STANDBY":
            return Standing.SILENT
        return Standing.KNOWN if self._application in [each.id() for each in state.activeApps()] else Standing.UNKNOWN

    def _connected(self, place: str) -> Any:
        """An endpoint outlives the connection: one that is asked again connects again."""
        host, _, port = place.rpartition(":")
        address = self._jvm.org.apache.spark.rpc.RpcAddress(host, int(port))
        return self._rpc.setupEndpointRef(address, "Master")

    def _question(self) -> tuple[Any, Any, Any]:
        """The message, how long an answer may take, and its type."""
        jvm = self._jvm
        seconds = jvm.scala.concurrent.duration.FiniteDuration(ANSWER_SECONDS, jvm.java.util.concurrent.TimeUnit.SECONDS)
        state = getattr(jvm.org.apache.spark.deploy, "DeployMessages$RequestMasterState$")
        tags = getattr(jvm.scala.reflect, "ClassTag$")
        return (
            getattr(state, "MODULE$"),
            jvm.org.apache.spark.rpc.RpcTimeout(seconds, "spark.rpc.askTimeout"),
            getattr(tags, "MODULE$").Any(),
        )
