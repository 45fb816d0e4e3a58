package ${package};

import jakarta.ws.rs.ApplicationPath;
import jakarta.ws.rs.core.Application;

/** Makes the REST resources available below the context path of the application. */
@ApplicationPath("")
public class RestApplication extends Application {}
