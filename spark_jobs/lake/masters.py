"""What a cluster's masters say of this application, asked by Spark's own messages: they carry the cluster's secret."""

from enum import Enum
from typing import Any

from py4j.protocol import Py4JJavaError
from pyspark.sql import SparkSession

ANSWER_SECONDS = 5


class Standing(Enum):
    """Of an application with its masters, in order: where they differ, the first that one of them gives counts."""

    KNOWN = "a master that leads has it"
    UNKNOWN = "a master leads, and has it no more"
    SILENT = "no master that leads has answered"
    ENDED = "its session has been stopped"


class Masters:
    """Those of a session's cluster."""

    def __init__(self, spark: SparkSession) -> None:
        context: Any = spark.sparkContext
        self._jvm = context._jvm
        self._rpc = self._jvm.org.apache.spark.SparkEnv.get().rpcEnv()
        self._context = context._jsc.sc()
        self._places = context.master.removeprefix("spark://").split(",")

    def standing(self) -> Standing:
        """Each master is given ANSWER_SECONDS to be connected and as many to answer."""
        driver = self._rpc.address().toString()
        found = most_telling([standing_in(self._state(place), driver) for place in self._places])
        # Only now: a session that is being stopped marks this before it tells its masters.
        return Standing.ENDED if self._context.isStopped() else found

    def _state(self, place: str) -> Any:
        """Spark's MasterStateResponse; None where none came."""
        question = getattr(getattr(self._jvm.org.apache.spark.deploy, "DeployMessages$RequestMasterState$"), "MODULE$")
        any_type = getattr(getattr(self._jvm.scala.reflect, "ClassTag$"), "MODULE$").Any()
        seconds = self._jvm.scala.concurrent.duration.FiniteDuration(ANSWER_SECONDS, self._jvm.java.util.concurrent.TimeUnit.SECONDS)
        patience = self._jvm.org.apache.spark.rpc.RpcTimeout(seconds, "spark.rpc.askTimeout")
        try:
            endpoint = patience.awaitResult(self._rpc.asyncSetupEndpointRefByURI(f"spark://Master@{place}"))
            return endpoint.askSync(question, patience, any_type)
        except Py4JJavaError:
            return None


def standing_in(state: Any, driver: str) -> Standing:
    """What one master's state says of the application of the driver at this address.

    The address and not the application's id: a driver that had to ask twice to be registered may have been told an id that its master
    does not use.
    """
    if state is None or state.status().toString() == "STANDBY":
        return Standing.SILENT
    drivers = [application.driver().address().toString() for application in state.activeApps()]
    return Standing.KNOWN if driver in drivers else Standing.UNKNOWN


def most_telling(standings: list[Standing]) -> Standing:
    """That which counts."""
    return next(each for each in Standing if each in standings)
